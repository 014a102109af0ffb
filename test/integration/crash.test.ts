import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mostAlivePerMarker } from "../../src/embedded/simulator/alive-per-marker.ts";
import { Lab } from "./lab.ts";
import { until } from "../until.ts";

describe("whatever crashes or stalls, one remote thing each", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start();
  });
  afterAll(() => lab.stop());

  const bearing = (name: string): number =>
    lab.alive().filter(({ label }) => label.includes(`/${name} `)).length;

  it.each([
    { name: "lost-answer", effect: { kind: "lose-answer" } },
    { name: "late-error", effect: { kind: "status-after-work", status: 502, body: "bad gateway" } },
    {
      name: "false-refusal",
      effect: { kind: "status-after-work", status: 400, body: { detail: "quota" } },
    },
    { name: "cut-answer", effect: { kind: "cut-body" } },
    { name: "silence-after", effect: { kind: "hang", afterWork: true } },
    { name: "empty-answer", effect: { kind: "status-after-work", status: 201, body: {} } },
  ] as const)("$name: the thing was made, and is found by its marker", async ({ name, effect }) => {
    lab.simulator.faults.add({ match: { method: "POST", times: 1 }, effect });
    const before = lab.requests("createInstance").length;

    await lab.applyInstance(name);
    await lab.untilReady(`hpci/${name}`);

    expect(bearing(name)).toBe(1);
    expect(lab.requests("createInstance").length - before).toBe(1);
    lab.simulator.faults.clear();
  });

  it.each([
    { name: "reset-before", effect: { kind: "reset-before" } },
    { name: "gateway", effect: { kind: "status", status: 503, body: "busy" } },
    { name: "silence", effect: { kind: "hang" } },
  ] as const)(
    "$name: nothing was made, and one more request makes it",
    async ({ name, effect }) => {
      lab.simulator.faults.add({ match: { method: "POST", times: 1 }, effect });
      const before = lab.requests("createInstance").length;

      await lab.applyInstance(name);
      await lab.untilReady(`hpci/${name}`);

      expect(bearing(name)).toBe(1);
      expect(lab.requests("createInstance").length - before).toBe(2);
      lab.simulator.faults.clear();
    },
  );

  it("kill -9 with a create request under way: the next process finds what it made", async () => {
    lab.simulator.faults.add({
      match: { method: "POST", times: 1 },
      effect: { kind: "delay", ms: 400, when: "after" },
    });
    const before = lab.requests("createInstance").length;
    await lab.applyInstance("orphan");
    await until("the request has come in", () => lab.requests("createInstance").length > before);
    await lab.operator.end("SIGKILL");

    await lab.restart();
    await lab.untilReady("hpci/orphan");

    expect(bearing("orphan")).toBe(1);
    expect(lab.requests("createInstance").length - before).toBe(1);
  });

  it("kill -9 while deleting: the next process finishes it", async () => {
    await lab.kubectl.run("delete", "hpci/orphan", "hpci/silence", "--wait=false");
    await until("a delete request", () => lab.requests("deleteInstance").length > 0);
    await lab.operator.end("SIGKILL");

    await lab.restart();
    await lab.untilGone("hpci/orphan", "hpci/silence");

    expect(bearing("orphan") + bearing("silence")).toBe(0);
  });

  it("kill -9 again and again while many are made: one each", async () => {
    const names = Array.from({ length: 10 }, (_, index) => `crowd-${index}`);
    const applied = Promise.all(names.map((name) => lab.applyInstance(name)));
    for (let round = 0; round < 4; round += 1) {
      const before = lab.requests("createInstance").length;
      await until("another create request", () => lab.requests("createInstance").length > before, {
        limitMs: 3_000,
      }).catch(() => undefined);
      await lab.operator.end("SIGKILL");
      await lab.restart();
    }
    await applied;
    await lab.untilReady(...names.map((name) => `hpci/${name}`));

    expect(names.map(bearing)).toEqual(names.map(() => 1));
  });

  it("SIGTERM with a create request under way: it is waited for, recorded, and the exit code is 0", async () => {
    lab.simulator.faults.add({
      match: { method: "POST", times: 1 },
      effect: { kind: "delay", ms: 500, when: "after" },
    });
    const before = lab.requests("createInstance").length;
    await lab.applyInstance("last");
    await until("the request has come in", () => lab.requests("createInstance").length > before);

    const code = await lab.operator.end("SIGTERM");
    const { status } = await lab.instance("last");
    await lab.restart();
    await lab.untilReady("hpci/last");

    expect(code).toBe(0);
    expect(status?.id).toBeDefined();
    expect(lab.requests("createInstance").length - before).toBe(1);
  });

  it("two with one marker: the recorded one stays, the other goes, and an event says so", async () => {
    const id = Number((await lab.instance("last")).status?.id);
    const label = lab.simulator.park.instances.get(id)?.label ?? "";

    const twin = Number(
      lab.simulator.perform({ action: "create-instance", label, token: "ordinary" }).id,
    );
    await until("the twin is gone", () => lab.simulator.park.instances.get(twin) === undefined);
    const events = await lab.kubectl.run(
      "get",
      "events",
      "-o",
      "name",
      "--field-selector=reason=DuplicateDeleted",
    );

    expect(lab.simulator.park.instances.get(id)).toBeDefined();
    expect(events.trim()).not.toBe("");
  });

  it("after all that nothing remains, and nothing was ever double but the twin made by hand", async () => {
    await lab.kubectl.run("delete", "hpci", "--all", "--timeout=30s");

    const { entries } = lab.simulator.ledger;
    const doubles = mostAlivePerMarker(entries, lab.simulator.park.clock.now()).filter(
      ({ mostAlive }) => mostAlive > 1,
    );

    expect(lab.alive()).toEqual([]);
    expect(doubles).toHaveLength(1);
  });
});
