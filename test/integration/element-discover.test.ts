import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ElementApplication } from "../../src/api/element-application.ts";
import { until } from "../until.ts";
import { CONSOLE, ElementLab } from "./element-lab.ts";

describe("a console that discovers", () => {
  let lab: ElementLab;
  const mirrors = async (): Promise<readonly ElementApplication[]> =>
    JSON.parse(await lab.kubectl.run("get", "elapp", "-o", "json")).items;
  const mirrored = async (count: number): Promise<readonly ElementApplication[]> =>
    until(`${count} applications are shown`, async () => {
      const shown = await mirrors();
      const isKnown = shown.every(({ status }) => status?.status !== undefined);
      return shown.length === count && isKnown && shown;
    });

  beforeAll(async () => {
    lab = await ElementLab.start();
    for (const context of ["alpha", "beta", "Гамма"])
      lab.simulator.perform({
        action: "create-application",
        context,
        displayName: `Приложение ${context}`,
      });
  });
  afterAll(() => lab.stop());

  it("shows every application of the panel, without taking it over", async () => {
    await lab.applyConsole(CONSOLE, { discover: true });

    const shown = await mirrored(3);

    expect(new Set(shown.map(({ status }) => status?.displayName))).toEqual(
      new Set(["Приложение alpha", "Приложение beta", "Приложение Гамма"]),
    );
    for (const { metadata, spec } of shown) {
      expect(spec.managementPolicy).toBe("ObserveOnly");
      expect(metadata.finalizers).toBeUndefined();
    }
    const table = await lab.kubectl.run("get", "elapp");
    expect(table).toMatch(/alpha-\S+\s+True\s+Running/);
  });

  it("counts them by status, and shows whose rights are used and the spaces", async () => {
    const { status } = await until("they are counted", async () => {
      const console = await lab.console(CONSOLE);
      const [all] = console.status?.applications?.byStatus ?? [];
      return all?.status === "Running" && all.count === 3 && console;
    });

    expect(status).toMatchObject({
      user: { name: expect.any(String) },
      token: { expiresAt: expect.any(String) },
      applications: { total: 3, byStatus: [{ status: "Running", count: 3 }] },
    });
    expect(status?.spaces?.length).toBeGreaterThan(0);
  });

  it("takes a mirror away when its application is gone", async () => {
    const [gone] = await mirrors();
    const id = String(gone?.status?.id);
    lab.simulator.perform({ action: "delete-application", application: id });

    const shown = await mirrored(2);

    expect(shown.map(({ status }) => status?.id)).not.toContain(id);
  });

  it("gives way to a resource that takes the application over", async () => {
    const [one] = await mirrors();
    const id = String(one?.status?.id);
    await lab.apply({
      apiVersion: "element.1c.ru/v1alpha1",
      kind: "ElementApplication",
      metadata: { name: "mine" },
      spec: { consoleRef: { name: CONSOLE }, adopt: { id }, deletionPolicy: "Retain" },
    });

    await until("the mirror is gone", async () => {
      const names = (await mirrors()).map(({ metadata }) => metadata.name);
      return (
        names.length === 2 && names.includes("mine") && !names.includes(one?.metadata.name ?? "")
      );
    });
    expect((await lab.application("mine")).metadata.finalizers).toEqual(["element.1c.ru/remote"]);
  });

  it("shows nothing any more when it is told not to, and changes nothing in the panel", async () => {
    await lab.applyConsole(CONSOLE, { discover: false });

    await until("the mirrors are gone", async () => (await mirrors()).length === 1);

    const writes = lab.simulator.ledger.entries.filter(
      ({ source, method, operation }) =>
        source === "api" && method !== "GET" && operation !== "signIn",
    );
    expect(writes).toEqual([]);
  });

  it("goes with its mirrors, and waits for those who use it", async () => {
    await lab.applyConsole(CONSOLE, { discover: true });
    await mirrored(2);
    await lab.kubectl.run("delete", "elcon", CONSOLE, "--wait=false");
    const { message } = await lab.untilReason(`elcon/${CONSOLE}`, "Synced", "InUse");
    expect(message).toContain("mine");

    await lab.kubectl.run("delete", "elapp", "mine");

    await lab.untilGone(`elcon/${CONSOLE}`);
    expect(await mirrors()).toEqual([]);
    expect(lab.simulator.panel.applications.all()).toHaveLength(2);
  });
});
