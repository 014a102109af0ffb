import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addNamespace } from "../../src/embedded/hpc-park/namespace.ts";
import { mostAlivePerMarker } from "../../src/embedded/simulator/alive-per-marker.ts";
import { PROJECT } from "../project.ts";
import { until } from "../until.ts";
import { Lab } from "./lab.ts";
import { isWithoutCel } from "./namespace.ts";

const SAMPLE = join(PROJECT, "deploy/samples/network.yaml");

describe("networks: the namespaces of HPC Park", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start();
  });
  afterAll(() => lab.stop());

  it("makes the sample Ready: a network, and a storage in it", async () => {
    await lab.kubectl.run("apply", "-f", SAMPLE);
    await lab.untilReady("hpcn/research", "hpcs/research-data");

    const { status } = await lab.network("research");
    expect(status?.label).toBe("research");
    expect(lab.requests("createStorage").map(({ body }) => body)).toMatchObject([
      { namespace_id: status?.id },
    ]);
  });

  it("lets an instance wait for its network", async () => {
    await lab.applyInstance("early", { namespaceRef: { name: "late" } });
    const { message } = await lab.untilReason("hpci/early", "Synced", "DependencyNotReady");
    const tooEarly = lab.requests("createInstance").length;
    await lab.applyNetwork("late");
    await lab.untilReady("hpci/early");

    const { status } = await lab.network("late");
    expect(message).toContain('HpcNamespace "late" does not exist');
    expect(tooEarly).toBe(0);
    expect(lab.requests("createInstance").at(-1)?.body).toMatchObject({ namespace_id: status?.id });
  });

  it.skipIf(isWithoutCel)("refuses two ways to name a network", async () => {
    const outcome = lab.applyInstance("torn", { namespaceId: 1, namespaceRef: { name: "late" } });
    await expect(outcome).rejects.toThrow(/namespaceId and namespaceRef/);
  });

  it("keeps a network while a resource names it, and says which", async () => {
    await lab.kubectl.run("delete", "hpcn/late", "--wait=false");
    const { message } = await lab.untilReason("hpcn/late", "Synced", "InUse");
    const requests = lab.requests("deleteNamespace").length;
    await lab.kubectl.run("delete", "hpci/early", "--timeout=20s");
    await lab.untilGone("hpcn/late");

    expect(message).toContain('HpcInstance "early"');
    expect(requests).toBe(0);
  });

  it("keeps a network while a stranger's instance is in it, and asks HPC Park for nothing", async () => {
    await lab.applyNetwork("shared");
    await lab.untilReady("hpcn/shared");
    const network = Number((await lab.network("shared")).status?.id);
    const { park } = lab.simulator;
    const before = lab.requests("deleteNamespace").length;
    const { id } = lab.simulator.perform({
      action: "create-instance",
      label: "somebody else's",
      token: "ordinary",
    });
    const stranger = park.instances.get(Number(id));
    Object.assign(stranger ?? {}, { namespaceId: network });

    await lab.kubectl.run("delete", "hpcn/shared", "--wait=false");
    const { message } = await lab.untilReason("hpcn/shared", "Synced", "Conflict");
    const asked = lab.requests("deleteNamespace").length - before;
    lab.simulator.perform({ action: "delete", kind: "instance", id: Number(id) });
    await lab.untilGone("hpcn/shared");

    expect(message).toContain(`instance ${id} is in it`);
    expect(asked).toBe(0);
    expect(park.namespaces.get(network)).toBeUndefined();
  });

  it("adopts a network that exists, and leaves it alone where it is to be retained", async () => {
    const { park } = lab.simulator;
    const token = park.tokens.named("ordinary");
    if (token === undefined) throw new Error("the simulator has no ordinary token");
    const made = addNamespace(park, park.ownerOf(token), "by hand");
    await lab.applyNetwork("adopter", { adopt: { id: made.id }, deletionPolicy: "Retain" });
    await lab.untilReady("hpcn/adopter");
    await lab.kubectl.run("delete", "hpcn/adopter", "--timeout=20s");

    expect(lab.simulator.park.namespaces.get(made.id)).toBeDefined();
    lab.simulator.park.namespaces.leave(made, 0);
  });

  it("kill -9 with a create request under way: the next process finds what it made", async () => {
    lab.simulator.faults.add({
      match: { method: "POST", times: 1 },
      effect: { kind: "delay", ms: 400, when: "after" },
    });
    const before = lab.requests("createNamespace").length;
    await lab.applyNetwork("orphan");
    await until("the request has come in", () => lab.requests("createNamespace").length > before);
    await lab.operator.end("SIGKILL");
    await lab.restart();
    await lab.untilReady("hpcn/orphan");

    expect(lab.requests("createNamespace").length - before).toBe(1);
  });

  it("deletes everything, the network last, and never had two of anything", async () => {
    await lab.kubectl.run("delete", "hpci,hpcs,hpcn", "--all", "--timeout=30s");

    const { entries } = lab.simulator.ledger;
    const histories = mostAlivePerMarker(entries, lab.simulator.park.clock.now());
    expect(lab.alive()).toEqual([]);
    for (const { mostAlive } of histories) expect(mostAlive).toBe(1);
  });
});
