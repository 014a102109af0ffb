import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Lab } from "./lab.ts";
import { until } from "../until.ts";

const NEXT_LOOKS = 4;

describe("waiting, and saying for what", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start();
  });
  afterAll(() => lab.stop());

  /** Long enough for the operator to have done something, had it wanted to. */
  const severalLooks = async (): Promise<void> => {
    const before = lab.requests("listInstances").length;
    await until("several looks", () => lab.requests("listInstances").length > before + NEXT_LOOKS);
  };

  it("waits for a storage, naming it, and goes on when it is there", async () => {
    await lab.applyInstance("early", { storageRefs: [{ name: "late" }] });
    const { message } = await lab.untilReason("hpci/early", "Synced", "DependencyNotReady");
    const tooEarly = lab.requests("createInstance").length;

    await lab.applyStorage("late");
    await lab.untilReady("hpci/early");

    expect(message).toContain('HpcStorage "late" does not exist');
    expect(tooEarly).toBe(0);
  });

  it("waits for a Secret, then for the key in it", async () => {
    const ssh = { enabled: true, keySecretRef: { name: "keys", key: "mine" } };
    await lab.applyInstance("guarded", { ssh });
    const absent = await lab.untilReason("hpci/guarded", "Stalled", "SecretNotFound");
    await lab.kubectl.run("create", "secret", "generic", "keys", "--from-literal=other=x");
    await until("the key is missed", async () => {
      const { message } = await lab.untilReason("hpci/guarded", "Stalled", "SecretNotFound");
      return message.includes('no value under the key "mine"');
    });
    const journal = (await lab.instance("guarded")).metadata.annotations?.["hpc-park.ru/create"];
    await lab.kubectl.run(
      "patch",
      "secret/keys",
      "-p",
      '{"stringData":{"mine":"ssh-ed25519 AAAA me"}}',
    );
    await lab.untilReady("hpci/guarded");

    expect(absent.message).toContain('Secret "keys"');
    expect(journal).toBeUndefined();
  });

  it("keeps its hands off what is paused, deletion included", async () => {
    await lab.applyInstance("idle", {}, { annotations: { "hpc-park.ru/paused": "true" } });
    await lab.untilReason("hpci/idle", "Synced", "Paused");
    await severalLooks();
    const whilePaused = lab.alive().filter(({ label }) => label.includes("/idle ")).length;
    await lab.kubectl.run("annotate", "hpci/idle", "hpc-park.ru/paused-");
    await lab.untilReady("hpci/idle");
    await lab.kubectl.run("annotate", "hpci/idle", "hpc-park.ru/paused=true");
    await lab.untilReason("hpci/idle", "Synced", "Paused");
    await lab.kubectl.run("delete", "hpci/idle", "--wait=false");
    await severalLooks();
    const stillThere = lab.alive().filter(({ label }) => label.includes("/idle ")).length;
    await lab.kubectl.run("annotate", "hpci/idle", "hpc-park.ru/paused-");
    await lab.untilGone("hpci/idle");

    expect([whilePaused, stillThere]).toEqual([0, 1]);
  });

  it("looks at once when asked, and answers", async () => {
    await lab.applyInstance("asked");
    await lab.untilReady("hpci/asked");

    await lab.kubectl.run("annotate", "hpci/asked", "hpc-park.ru/reconcile-requested-at=now-1");

    await until("the answer", async () => {
      const { status } = await lab.instance("asked");
      return status?.lastHandledReconcileAt === "now-1";
    });
  });

  it("deletes only when the finalizers of others are off", async () => {
    await lab.applyInstance("shared", {}, { finalizers: ["example.com/backup"] });
    await lab.untilReady("hpci/shared");
    await lab.kubectl.run("delete", "hpci/shared", "--wait=false");
    const { message } = await lab.untilReason("hpci/shared", "Synced", "FinalizersRemain");
    await severalLooks();
    const stillThere = lab.alive().filter(({ label }) => label.includes("/shared ")).length;

    const finalizers = '{"metadata":{"finalizers":["hpc-park.ru/remote"]}}';
    await lab.kubectl.run("patch", "hpci/shared", "--type=merge", "-p", finalizers);
    await lab.untilGone("hpci/shared");

    expect(message).toContain("example.com/backup");
    expect(stillThere).toBe(1);
  });

  it("says that a storage cannot shrink where the API server let it pass", async () => {
    await lab.applyStorage("volume", { sizeGb: 20 });
    await lab.untilReady("hpcs/volume");
    const id = Number((await lab.storage("volume")).status?.id);
    // As if it had been grown in the panel: the spec is smaller than the thing, on every version of Kubernetes.
    lab.simulator.perform({ action: "change-size", id, size_gb: 40 });

    const { message } = await lab.untilReason("hpcs/volume", "Stalled", "ShrinkRefused");
    await lab.kubectl.run("patch", "hpcs/volume", "--type=merge", "-p", '{"spec":{"sizeGb":60}}');
    await until("60 GB", async () => (await lab.storage("volume")).status?.sizeGb === 60);

    expect(message).toContain("spec.sizeGb 40 → 20");
  });

  it("shows an unknown state as unknown, and leaves it alone", async () => {
    await lab.applyInstance("odd");
    await lab.untilReady("hpci/odd");
    const id = Number((await lab.instance("odd")).status?.id);
    lab.simulator.perform({ action: "set-state", kind: "instance", id, state: "molten" });

    const { status, message } = await lab.untilReason("hpci/odd", "Ready", "StateUnknown");
    lab.simulator.perform({ action: "set-state", kind: "instance", id, state: null });
    await lab.untilReady("hpci/odd");

    expect(status).toBe("Unknown");
    expect(message).toContain("molten");
  });

  it("passes on the provider's own words when a thing fails", async () => {
    await lab.applyInstance("broken");
    await lab.untilReady("hpci/broken");
    const id = Number((await lab.instance("broken")).status?.id);

    lab.simulator.perform({
      action: "set-error",
      kind: "instance",
      id,
      error: "нет места на узле",
    });
    const { message } = await lab.untilReason("hpci/broken", "Stalled", "RemoteFailed");

    expect(message).toContain("нет места на узле");
  });
});
