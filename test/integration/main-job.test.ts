import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mostAlivePerMarker } from "../../src/embedded/simulator/alive-per-marker.ts";
import { Lab } from "./lab.ts";
import { PROJECT } from "../project.ts";
import { until } from "../until.ts";

const SAMPLES = join(PROJECT, "deploy/samples");

describe("the main job, with kubectl only", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start();
  });
  afterAll(() => lab.stop());

  it("makes the samples Ready", async () => {
    await lab.kubectl.run("apply", "-k", SAMPLES);

    await lab.untilReady("hpcs/training-data", "hpci/trainer", "hpci/inference");

    expect(lab.alive()).toHaveLength(3);
  });

  it("shows in status what HPC Park shows", async () => {
    const { status } = await lab.instance("trainer");

    expect(status).toMatchObject({
      observedGeneration: 1,
      state: "on",
      power: "On",
      gpuType: "A100",
      gpuCount: 4,
      gpu: "4×A100",
      label: `${lab.namespace}/trainer`,
    });
    expect(status?.storageIds).toEqual([(await lab.storage("training-data")).status?.id]);
    expect(status?.sshCommand).toMatch(/^ssh -p \d+ root@\S+$/);
  });

  it("has sent the nine fields of the instruction", () => {
    const bodies = lab.requests("createInstance").map(({ body }) => body);

    expect(bodies).toContainEqual({
      label: expect.stringMatching(new RegExp(`^${lab.namespace}/trainer k8s-[a-z2-7]{12}$`)),
      container_type: "pytorch",
      namespace_id: null,
      gpu_type: "A100",
      gpu_count: 4,
      storage_ids: [expect.any(Number)],
      ssh_support: true,
      ssh_key: expect.stringMatching(/^ssh-/),
      tariff_type: "hourly",
    });
  });

  it("leaves the spec to the user: the same file again is unchanged", async () => {
    const output = await lab.kubectl.run("apply", "-k", SAMPLES);
    const lines = output.trim().split("\n");
    const path = `/apis/hpc-park.ru/v1alpha1/namespaces/${lab.namespace}/hpcinstances/trainer`;
    const { managedFields } = JSON.parse(await lab.kubectl.run("get", "--raw", path)).metadata;

    expect(lines.every((line) => line.endsWith("unchanged"))).toBe(true);
    for (const { manager, fieldsV1 } of managedFields) {
      if (manager.startsWith("hpc-park-operator")) expect(fieldsV1).not.toHaveProperty("f:spec");
    }
  });

  it("resizes", async () => {
    await lab.kubectl.run("patch", "hpci/trainer", "--type=merge", "-p", '{"spec":{"gpuCount":8}}');

    await until("8 GPUs", async () => (await lab.instance("trainer")).status?.gpuCount === 8);
    await lab.untilReady("hpci/trainer");

    expect(lab.requests("changeInstanceResources")).toHaveLength(1);
  });

  it("switches off and on", async () => {
    await lab.kubectl.run(
      "patch",
      "hpci/trainer",
      "--type=merge",
      "-p",
      '{"spec":{"power":"Off"}}',
    );
    await lab.untilReason("hpci/trainer", "Ready", "PoweredOff");
    const off = await lab.instance("trainer");
    await lab.kubectl.run("patch", "hpci/trainer", "--type=merge", "-p", '{"spec":{"power":"On"}}');
    await lab.untilReason("hpci/trainer", "Ready", "Available");

    expect(off.status).toMatchObject({ power: "Off", state: "off" });
  });

  it("corrects drift made in the panel", async () => {
    const id = Number((await lab.instance("trainer")).status?.id);
    lab.simulator.perform({ action: "change-resources", id, gpu_count: 1 });

    await until("8 GPUs again", () => lab.simulator.park.instances.get(id)?.gpuCount === 8);
    await lab.untilReady("hpci/trainer");
  });

  it("tells the story in events", async () => {
    const output = await lab.kubectl.run("get", "events", "-o", "json");
    const events: { reason: string; involvedObject: { name: string } }[] = JSON.parse(output).items;
    const reasons = events
      .filter(({ involvedObject }) => involvedObject.name === "trainer")
      .map(({ reason }) => reason);

    expect(reasons).toEqual(
      expect.arrayContaining(["Created", "Available", "Updating", "PoweredOff"]),
    );
  });

  it("keeps a storage while something uses it, and says who", async () => {
    await lab.kubectl.run("delete", "hpcs/training-data", "--wait=false");

    const { message } = await lab.untilReason("hpcs/training-data", "Synced", "InUse");

    expect(message).toContain('HpcInstance "trainer"');
  });

  it("deletes, and nothing remains", async () => {
    await lab.kubectl.run("delete", "hpci", "--all", "--timeout=30s");

    await lab.untilGone("hpci,hpcs");

    expect(lab.alive()).toEqual([]);
  });

  it("never had two things for one resource", () => {
    const { entries } = lab.simulator.ledger;
    const histories = mostAlivePerMarker(entries, lab.simulator.park.clock.now());

    expect(histories).toHaveLength(3);
    for (const { mostAlive } of histories) expect(mostAlive).toBe(1);
  });
});
