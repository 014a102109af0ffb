import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Lab } from "./lab.ts";
import { until } from "../until.ts";

describe("whose things are whose", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start();
  });
  afterAll(() => lab.stop());

  const foreign = (label: string): number =>
    Number(lab.simulator.perform({ action: "create-instance", label, token: "ordinary" }).id);
  const mutations = (id: number): readonly string[] =>
    lab.simulator.ledger.entries
      .filter(
        ({ method, path, source }) =>
          source === "api" && method !== "GET" && path.includes(`/${id}`),
      )
      .map(({ method, path }) => `${method} ${path}`);

  it("adopts what the user names, and steers it from then on", async () => {
    const id = foreign("made by hand");

    await lab.applyInstance("adopter", { adopt: { id }, gpuCount: 2 });
    await lab.untilReady("hpci/adopter");

    expect((await lab.instance("adopter")).status?.id).toBe(id);
    expect(lab.simulator.park.instances.get(id)?.gpuCount).toBe(2);
    expect(lab.requests("createInstance")).toHaveLength(0);
  });

  it("refuses a second resource the same thing", async () => {
    const id = Number((await lab.instance("adopter")).status?.id);

    await lab.applyInstance("second-adopter", { adopt: { id } });
    const { message } = await lab.untilReason("hpci/second-adopter", "Stalled", "AdoptRefused");
    await lab.kubectl.run("delete", "hpci/second-adopter", "--timeout=20s");

    expect(message).toContain("adopter");
    expect(lab.simulator.park.instances.get(id)).toBeDefined();
  });

  it("says that an id to adopt does not exist, and makes nothing instead", async () => {
    await lab.applyInstance("finder", { adopt: { id: 424_242 } });

    const { message } = await lab.untilReason("hpci/finder", "Stalled", "AdoptNotFound");
    await lab.kubectl.run("delete", "hpci/finder", "--timeout=20s");

    expect(message).toContain("424242");
    expect(lab.requests("createInstance")).toHaveLength(0);
  });

  it("refuses to adopt what bears another resource's marker", async () => {
    const id = foreign("elsewhere/train k8s-abcdefghijkl");

    await lab.applyInstance("thief", { adopt: { id } });
    await lab.untilReason("hpci/thief", "Stalled", "AdoptRefused");
    await lab.kubectl.run("delete", "hpci/thief", "--timeout=20s");

    expect(mutations(id)).toEqual([]);
  });

  it("deletes an adopted thing with its resource", async () => {
    const id = Number((await lab.instance("adopter")).status?.id);

    await lab.kubectl.run("delete", "hpci/adopter", "--timeout=20s");

    expect(lab.simulator.park.instances.get(id)).toBeUndefined();
  });

  it("only looks where only looking is asked for", async () => {
    const id = foreign("watched");

    await lab.applyInstance("watcher", {
      adopt: { id },
      managementPolicy: "ObserveOnly",
      gpuCount: 5,
    });
    const { message } = await lab.untilReason("hpci/watcher", "Synced", "Drifted");
    lab.simulator.perform({ action: "set-power", id, power: "off" });
    await until(
      "the panel's change is mirrored",
      async () => (await lab.instance("watcher")).status?.state === "off",
    );
    await lab.kubectl.run("delete", "hpci/watcher", "--timeout=20s");

    expect(message).toContain("spec.gpuCount 1 → 5");
    expect(mutations(id)).toEqual([]);
  });

  it("leaves what is retained, and finds it again under the same name", async () => {
    await lab.applyInstance("keeper", { deletionPolicy: "Retain" });
    await lab.untilReady("hpci/keeper");
    const { status } = await lab.instance("keeper");
    await lab.kubectl.run("delete", "hpci/keeper", "--timeout=20s");
    const retained = lab.simulator.park.instances.get(Number(status?.id));

    await lab.applyInstance("keeper");
    await lab.untilReady("hpci/keeper");
    const again = await lab.instance("keeper");
    await lab.kubectl.run("delete", "hpci/keeper", "--timeout=20s");

    expect(retained).toBeDefined();
    expect(again.status?.id).toBe(status?.id);
    expect(lab.requests("createInstance")).toHaveLength(1);
  });

  it("does not touch a thing whose marker was taken off, nor make another beside it", async () => {
    await lab.applyInstance("renamed");
    await lab.untilReady("hpci/renamed");
    const id = Number((await lab.instance("renamed")).status?.id);
    const label = lab.simulator.park.instances.get(id)?.label ?? "";
    const before = mutations(id).length;
    const created = lab.requests("createInstance").length;

    lab.simulator.perform({ action: "set-label", kind: "instance", id, label: "my own" });
    const { message } = await lab.untilReason("hpci/renamed", "Stalled", "MarkerMissing");
    await lab.kubectl.run("delete", "hpci/renamed", "--wait=false");
    await lab.untilReason("hpci/renamed", "Ready", "MarkerMissing");
    const untouched = mutations(id).length;
    lab.simulator.perform({
      action: "set-label",
      kind: "instance",
      id,
      label: label.replace("/", " / "),
    });
    await lab.untilGone("hpci/renamed");

    expect(message).toContain(/k8s-[a-z2-7]{12}/.exec(label)?.[0]);
    expect(untouched).toBe(before);
    expect(lab.requests("createInstance")).toHaveLength(created);
    expect(lab.simulator.park.instances.get(id)).toBeUndefined();
  });

  it("makes again what vanished in the panel", async () => {
    await lab.applyInstance("phoenix");
    await lab.untilReady("hpci/phoenix");
    const id = Number((await lab.instance("phoenix")).status?.id);

    lab.simulator.perform({ action: "delete", kind: "instance", id });
    await until("another id", async () => {
      const { status } = await lab.instance("phoenix");
      return status?.id !== undefined && status.id !== id;
    });
    await lab.untilReady("hpci/phoenix");
    await lab.kubectl.run("delete", "hpci/phoenix", "--timeout=20s");
  });

  it("reports a storage that vanished as lost: its data are gone", async () => {
    await lab.applyStorage("data");
    await lab.untilReady("hpcs/data");
    const id = Number((await lab.storage("data")).status?.id);

    lab.simulator.perform({ action: "delete", kind: "storage", id });
    const { message } = await lab.untilReason("hpcs/data", "Stalled", "Lost");
    await lab.kubectl.run("delete", "hpcs/data", "--timeout=20s");

    expect(message).toContain("recreatePolicy");
    expect(lab.requests("createStorage")).toHaveLength(1);
  });

  it("has left every stranger alone", () => {
    const strangers = lab.alive().map(({ label }) => label);

    expect(strangers.toSorted()).toEqual(["elsewhere/train k8s-abcdefghijkl", "watched"]);
  });
});
