import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fingerprintOf } from "../../src/provider/fingerprint.ts";
import { PROJECT } from "../project.ts";
import { until } from "../until.ts";
import { Lab } from "./lab.ts";

const NEXT_LOOKS = 4;
const PROTECTED = { deletionProtection: true };
/** The line that the condition's message tells people to run. */
const COMMAND = /kubectl (patch \S+ \S+ -n \S+ --type merge -p) '(.*?)'/;

describe("what is protected from deletion", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start();
  });
  afterAll(() => lab.stop());

  const livingOf = (name: string): readonly number[] =>
    lab
      .alive()
      .filter(({ label }) => label.includes(`/${name} `))
      .map(({ id }) => id);
  const changesOf = (id: number): readonly string[] =>
    lab.simulator.ledger.entries
      .filter(
        ({ source, method, path }) =>
          source === "api" && path.includes(`/${id}`) && method !== "GET",
      )
      .map(({ method }) => method);
  const deletionsOf = (id: number): number =>
    changesOf(id).filter((method) => method === "DELETE").length;
  /** Long enough for the operator to have done something, had it wanted to. */
  const severalLooks = async (): Promise<void> => {
    const before = lab.requests("listInstances").length;
    await until("several looks", () => lab.requests("listInstances").length > before + NEXT_LOOKS);
  };
  const patch = (resource: string, spec: object): Promise<string> =>
    lab.kubectl.run("patch", resource, "--type=merge", "-p", JSON.stringify({ spec }));
  const untilHeld = (resource: string) => lab.untilReason(resource, "Stalled", "DeletionProtected");

  async function ready(name: string, spec: object = PROTECTED): Promise<number> {
    await lab.applyInstance(name, spec);
    await lab.untilReady(`hpci/${name}`);
    return Number((await lab.instance(name)).status?.id);
  }

  it("stays when it is deleted, says so once, and goes by the line that it names", async () => {
    const id = await ready("guarded");
    await lab.kubectl.run("delete", "hpci/guarded", "--wait=false");
    const { message } = await untilHeld("hpci/guarded");
    await patch("hpci/guarded", { power: "Off" });
    await until("the new spec was looked at", async () => {
      const { metadata, status } = await lab.instance("guarded");
      return status?.observedGeneration === metadata.generation;
    });
    await severalLooks();
    const { status, metadata } = await lab.instance("guarded");
    const [, words = "", body = ""] = COMMAND.exec(message) ?? [];
    const whileHeld = changesOf(id);
    await lab.kubectl.run(...words.split(" "), body);
    await lab.untilGone("hpci/guarded");

    expect(whileHeld).toEqual([]);
    expect(status).toMatchObject({ id, state: "on" });
    expect(metadata.finalizers).toEqual(["hpc-park.ru/remote"]);
    expect(livingOf("guarded")).toEqual([]);
    const events = JSON.parse(await lab.kubectl.run("get", "events", "-o", "json"));
    const told: { reason: string; count: number; type: string }[] = events.items;
    expect(told.filter(({ reason }) => reason === "DeletionProtected")).toMatchObject([
      { count: 1, type: "Warning" },
    ]);
  });

  it("is counted among what needs a person", async () => {
    await ready("counted");
    await lab.kubectl.run("delete", "hpci/counted", "--wait=false");
    await untilHeld("hpci/counted");

    await until("the metric", async () => {
      const metrics = await (await fetch(`${lab.operator.healthUrl()}/metrics`)).text();
      return metrics.includes(
        'hpc_park_operator_resources_stalled{controller="HpcInstance",reason="DeletionProtected"} 1',
      );
    });
    await patch("hpci/counted", { deletionProtection: false });
    await lab.untilGone("hpci/counted");
  });

  it("is let go of, and stays alive, where it is to be retained after all", async () => {
    const id = await ready("kept");
    await lab.kubectl.run("delete", "hpci/kept", "--wait=false");
    await untilHeld("hpci/kept");
    await patch("hpci/kept", { deletionPolicy: "Retain" });
    await lab.untilGone("hpci/kept");

    expect(livingOf("kept")).toEqual([id]);
    expect(deletionsOf(id)).toBe(0);
  });

  it("stays where it is protected while its deletion is under way and not yet accepted", async () => {
    const id = await ready("late", {});
    lab.simulator.faults.add({
      match: { method: "DELETE" },
      effect: { kind: "status", status: 503 },
    });
    await lab.kubectl.run("delete", "hpci/late", "--wait=false");
    await lab.untilReason("hpci/late", "Synced", "Unreachable");
    await patch("hpci/late", PROTECTED);
    await untilHeld("hpci/late");
    const asked = deletionsOf(id);
    lab.simulator.faults.clear();
    await severalLooks();
    const askedWhileHeld = deletionsOf(id) - asked;
    const alive = livingOf("late");
    await patch("hpci/late", { deletionProtection: false });
    await lab.untilGone("hpci/late");

    expect(asked).toBeGreaterThan(0);
    expect([askedWhileHeld, alive]).toEqual([0, [id]]);
  });

  it("is the recorded one of two with one marker; the other goes meanwhile", async () => {
    const id = await ready("double");
    await lab.kubectl.run("delete", "hpci/double", "--wait=false");
    await untilHeld("hpci/double");
    const label = lab.simulator.park.instances.get(id)?.label ?? "";
    const twin = lab.simulator.perform({ action: "create-instance", label, token: "ordinary" });
    await until("one is left", () => livingOf("double").length === 1);
    await severalLooks();
    const left = livingOf("double");
    await untilHeld("hpci/double");
    await patch("hpci/double", { deletionProtection: false });
    await lab.untilGone("hpci/double");

    expect(twin.id).not.toBe(id);
    expect(left).toEqual([id]);
    expect(livingOf("double")).toEqual([]);
  });

  it("does not hold a resource of which nothing exists", async () => {
    lab.simulator.faults.add({
      match: { method: "POST", path: "/v1/instance" },
      effect: { kind: "status", status: 402, body: { detail: "no money" } },
    });
    await lab.applyInstance("never", PROTECTED);
    await lab.untilReason("hpci/never", "Synced", "QuotaExceeded");
    await lab.kubectl.run("delete", "hpci/never", "--timeout=20s");
    lab.simulator.faults.clear();

    expect(livingOf("never")).toEqual([]);
  });

  it("does not hold what was deleted in the panel", async () => {
    const id = await ready("vanished");
    await lab.kubectl.run("delete", "hpci/vanished", "--wait=false");
    await untilHeld("hpci/vanished");
    lab.simulator.perform({ action: "delete", kind: "instance", id });
    await lab.untilGone("hpci/vanished");

    expect(deletionsOf(id)).toBe(0);
  });

  it("is of two tokens the one whose value is in the Secret, whichever is recorded", async () => {
    await writeFile(lab.tokenFile, lab.simulator.masterToken);
    await lab.kubectl.run("apply", "-f", join(PROJECT, "deploy/samples/token.yaml"));
    await patch("hpct/ci", PROTECTED);
    await lab.untilReady("hpct/ci");
    const tokens = () =>
      lab.simulator.park.tokens.all().filter(({ name }) => name.startsWith("ci "));
    await lab.kubectl.run("delete", "hpct/ci", "--wait=false");
    const { message } = await untilHeld("hpct/ci");
    const [first, ...others] = tokens();
    // As a replacement leaves it that was killed before it could record what it had stored.
    await lab.operator.end("SIGKILL");
    const second = lab.simulator.perform({ action: "add-token", name: first?.name ?? "" });
    const holds = `${second.id} ${fingerprintOf(String(second.token))}`;
    await lab.kubectl.run(
      "patch",
      "secret/ci-token",
      "-p",
      JSON.stringify({
        metadata: { annotations: { "hpc-park.ru/holds": holds } },
        stringData: { token: second.token },
      }),
    );
    await lab.restart();
    await until("one is left", () => tokens().length === 1);
    await untilHeld("hpct/ci");
    const left = tokens().map(({ id }) => id);
    await patch("hpct/ci", { deletionProtection: false });
    await lab.untilGone("hpct/ci");

    expect(message).not.toContain("Retain");
    expect([others, left, tokens()]).toEqual([[], [second.id], []]);
  });

  it("outlives its whole namespace being deleted, and the rest of it does not", async () => {
    await lab.applyNetwork("net", PROTECTED);
    await lab.applyStorage("data", { ...PROTECTED, deletionPolicy: "Delete" });
    await ready("mounting", { ...PROTECTED, storageRefs: [{ name: "data" }] });
    await ready("free", {});
    await lab.untilReady("hpcn/net", "hpcs/data");
    await lab.kubectl.run("delete", "namespace", lab.namespace, "--wait=false");
    // The API server has no namespace controller, so this is its part.
    await lab.kubectl.run("delete", "hpci,hpcs,hpcn", "--all", "--wait=false");
    await lab.untilGone("hpci/free");
    for (const resource of ["hpci/mounting", "hpcs/data", "hpcn/net"]) await untilHeld(resource);
    await lab.operator.end("SIGKILL");
    await lab.restart();
    await severalLooks();
    const whileHeld = ["mounting", "data", "net"].map((name) => livingOf(name).length);
    await patch("hpcs/data", { deletionProtection: false });
    await lab.untilReason("hpcs/data", "Synced", "InUse");
    for (const resource of ["hpci/mounting", "hpcn/net"])
      await patch(resource, { deletionProtection: false });
    await lab.untilGone("hpci,hpcs,hpcn");

    expect(whileHeld).toEqual([1, 1, 1]);
    expect(["mounting", "data", "net"].flatMap(livingOf)).toEqual([]);
  });
});
