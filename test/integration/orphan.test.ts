import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../until.ts";
import { Lab } from "./lab.ts";

describe("a finalizer that somebody else takes off", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start();
  });
  afterAll(() => lab.stop());

  it("is told of, with what may have been left behind", async () => {
    await lab.applyInstance("left");
    await lab.untilReady("hpci/left");
    const id = (await lab.instance("left")).status?.id;
    lab.simulator.faults.add({
      match: { method: "DELETE" },
      effect: { kind: "status", status: 503, body: "busy" },
    });
    await lab.kubectl.run("delete", "hpci/left", "--wait=false");
    await lab.untilReason("hpci/left", "Synced", "Unreachable");
    await lab.kubectl.run(
      "patch",
      "hpci/left",
      "--type=merge",
      "-p",
      '{"metadata":{"finalizers":[]}}',
    );
    await lab.untilGone("hpci/left");

    await until("it is told", () => lab.operator.log().includes(`"orphan":"${id}"`));
    const metrics = await fetch(`${lab.operator.healthUrl()}/metrics`);
    expect(await metrics.text()).toContain(
      'hpc_park_operator_orphans_total{controller="HpcInstance"} 1',
    );
    expect(lab.alive()).toMatchObject([{ id }]);
  });

  it("is not told of where the resource was let go in order", async () => {
    lab.simulator.faults.clear();
    await lab.applyInstance("gone");
    await lab.untilReady("hpci/gone");
    await lab.kubectl.run("delete", "hpci/gone", "--timeout=20s");

    const told = lab.operator.log().match(/"orphan":/g) ?? [];
    expect(told).toHaveLength(1);
  });
});
