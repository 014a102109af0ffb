import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMPILE_ERROR, SEED } from "../../src/embedded/element/seed.ts";
import type { Settings } from "../../src/embedded/element/settings.ts";
import { mostAlivePerMarker } from "../../src/embedded/simulator/alive-per-marker.ts";
import { ElementLab } from "./element-lab.ts";

const shop = (assemblyVersion: string): object => ({
  source: { projectId: SEED.projects.shop, assemblyVersion },
});

/** All that other versions of a panel are known to do otherwise, at the same time. */
const OTHERWISE: Partial<Settings> = {
  errorEnvelope: true,
  unknownPathAs: "text",
  upperCaseStatuses: true,
  emptyStatusBetween: true,
  showsDeleted: true,
  arraysArePaged: true,
  assembliesAs: "items",
  appliedAs: "version",
  emptyFromProject: true,
  stopsAfterUpdate: true,
  failedTaskStatus: "Failed",
};

describe.each<[panel: string, settings: Partial<Settings>]>([
  ["a panel", {}],
  ["a panel that does otherwise what it may", OTHERWISE],
])("an application's whole life in %s, with kubectl alone", (_, settings) => {
  let lab: ElementLab;
  beforeAll(async () => {
    lab = await ElementLab.start({ settings });
  });
  afterAll(() => lab.stop());

  it("is made from the build that its version names, and is Ready when it runs", async () => {
    await lab.applyApplication("shop");

    const { status } = await lab.untilInSync("shop", "1.0-9");

    expect(status).toMatchObject({
      status: expect.stringMatching(/^running$/i),
      appliedVersion: "1.0-9",
      uri: expect.stringContaining("shop"),
      publicationContext: "shop",
    });
    const columns = await lab.kubectl.run("get", "elapp", "shop");
    expect(columns.split("\n")[0]?.split(/\s+/).slice(0, 6)).toEqual([
      "NAME",
      "READY",
      "STATUS",
      "VERSION",
      "URI",
      "AGE",
    ]);
  });

  it("is updated to another build", async () => {
    await lab.patch("shop", shop("1.0-42"));

    await lab.untilInSync("shop", "1.0-42");

    expect(lab.requests("updateProject")).toHaveLength(1);
  });

  it("tells of an update that was rolled back, in the compiler's words, and asks for it once", async () => {
    await lab.patch("shop", shop("1.0-43"));

    const { message } = await lab.untilReason("elapp/shop", "Synced", "UpdateRolledBack");

    expect(message).toContain(COMPILE_ERROR);
    expect(message).toContain("1.0-42");
    const { status } = await lab.application("shop");
    expect(status?.conditions?.find(({ type }) => type === "Ready")?.status).toBe("True");
    expect(status?.status).toMatch(/^running$/i);
    await lab.operator.end("SIGKILL");
    await lab.restart();
    await lab.kubectl.run("annotate", "elapp", "shop", "element.1c.ru/reconcile-requested-at=now");
    await lab.untilReason("elapp/shop", "Stalled", "UpdateRolledBack");
    expect(lab.requests("updateProject")).toHaveLength(2);
  });

  it("takes the mended build", async () => {
    lab.simulator.perform({
      action: "add-assembly",
      project: SEED.projects.shop,
      version: "1.0-44",
    });
    await lab.patch("shop", shop("1.0-44"));

    const { metadata } = await lab.untilInSync("shop", "1.0-44");

    expect(metadata.annotations?.["element.1c.ru/change"]).toBeUndefined();
  });

  it("is stopped, frozen and started again", async () => {
    await lab.patch("shop", { power: "Stopped" });
    await lab.untilReason("elapp/shop", "Ready", "Stopped");
    await lab.patch("shop", { power: "Frozen" });
    await lab.untilReason("elapp/shop", "Ready", "Frozen");
    await lab.patch("shop", { power: "Running" });
    await lab.untilReason("elapp/shop", "Ready", "Available");
  });

  it("stays while it is protected, though it is deleted", async () => {
    await lab.patch("shop", { deletionProtection: true });
    await lab.kubectl.run("delete", "elapp", "shop", "--wait=false");

    const { message } = await lab.untilReason("elapp/shop", "Stalled", "DeletionProtected");

    expect(message).toContain("kubectl patch elementapplication shop");
    expect(lab.simulator.panel.applications.all()).toHaveLength(1);
    expect((await lab.application("shop")).status?.status).toMatch(/^running$/i);
  });

  it("goes when the panel has proven that it is gone", async () => {
    await lab.patch("shop", { deletionProtection: false });

    await lab.untilGone("elapp/shop");

    expect(lab.simulator.panel.applications.all()).toEqual([]);
    const { entries } = lab.simulator.ledger;
    for (const { mostAlive, ids } of mostAlivePerMarker(entries, performance.now())) {
      expect(mostAlive).toBe(1);
      expect(ids).toHaveLength(1);
    }
  });

  it("never shows the client's secret or a token", async () => {
    const { clientSecret } = lab.simulator;
    const metrics = await (await fetch(`${lab.operator.healthUrl()}/metrics`)).text();
    const everything = [
      lab.operator.log(),
      await lab.kubectl.run("get", "elapp,elcon,events", "-o", "yaml"),
      metrics,
    ].join("\n");

    expect(everything).not.toContain(clientSecret);
    expect(everything).not.toMatch(/eyJ[A-Za-z0-9_-]{20,}/);
    expect(metrics).toContain('provider="element"');
  });
});
