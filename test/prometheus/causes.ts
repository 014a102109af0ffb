import { until } from "../until.ts";
import { applyAccount, applySecret, type Tenant } from "../integration/account-lab.ts";
import { Lab } from "../integration/lab.ts";
import { type Simulator, startSimulator } from "../../src/embedded/hpc-park/simulator.ts";
import type { FaultRule } from "../../src/embedded/simulator/faults.ts";
import type { Prometheus } from "./server.ts";

const DAY_MS = 86_400_000;
/** User of the account with bills. */
const PAYER = 8;
/** A marker that stands for nobody here. */
const STRANGER = "a stray one k8s-abcdefghijkl";

export interface Scene {
  readonly lab: Lab;
  readonly tenant: Tenant;
  /** A service that asks for more than this version sends. */
  readonly changed: Simulator;
  readonly prometheus: Prometheus;
}

/** Brings an alert about. Returns how to end what it has done. */
export type Cause = (scene: Scene) => Promise<(() => Promise<void> | void) | void>;

export async function setScene(prometheus: Prometheus): Promise<Scene> {
  const required = ["label", "container_type", "gpu_type", "gpu_count", "tariff_type", "region"];
  const changed = await startSimulator({
    contractChanges: { required: { InstanceCreate: required } },
  });
  const lab = await Lab.start(
    {},
    { ALLOWED_URLS: changed.url, BILLING_INTERVAL_SECONDS: "0.3", SHUTDOWN_GRACE_SECONDS: "1" },
  );
  await prometheus.scrape([lab.operator.healthUrl()]);
  return { lab, tenant: { ...lab.kubectl, namespace: lab.namespace }, changed, prometheus };
}

function failing(
  lab: Lab,
  match: FaultRule["match"] & object,
  effect: FaultRule["effect"] = { kind: "status", status: 503 },
) {
  lab.simulator.faults.add({ match, effect });
  return () => lab.simulator.faults.clear();
}

const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

const remove =
  ({ lab }: Scene, name: string) =>
  async (): Promise<void> =>
    void (await lab.kubectl.run("delete", name, "--timeout=20s"));

/** How each alert of the operator at work comes about. */
export const CAUSES: Readonly<Record<string, Cause>> = {
  HpcParkAccountNotReady: async (scene) => {
    await applyAccount(scene.tenant, "locked", { tokenSecretRefs: [{ name: "nowhere" }] });
    return remove(scene, "hpca/locked");
  },
  HpcParkTokenExpiring: async ({ lab, tenant }) => {
    lab.simulator.perform({ action: "add-user", id: PAYER, limits: { instances: 10 } });
    const master = { name: "ending", master: true, user: PAYER, expires_at: inDays(5) };
    const { token } = lab.simulator.perform({ action: "add-token", ...master });
    await applySecret(tenant, "ending", String(token));
    await applyAccount(tenant, "ending", { tokenSecretRefs: [{ name: "ending" }] });
  },
  HpcParkInvoicesOverdue: async ({ lab }) => {
    const invoice = { user: PAYER, amount: 100, due_at: inDays(-1) };
    const { id = 0 } = lab.simulator.perform({ action: "add-invoice", ...invoice });
    return () => void lab.simulator.perform({ action: "set-invoice", id, status: "paid" });
  },
  HpcParkPrepaidEnding: async ({ lab }) => {
    const dates = { date_from: inDays(-9).slice(0, 10), date_to: inDays(3).slice(0, 10) };
    const gpus = { gpu_type: "A100", gpu_count: 2, user: PAYER };
    lab.simulator.perform({ action: "add-prepaid", ...gpus, ...dates });
  },
  HpcParkResourcesStalled: async (scene) => {
    const keySecretRef = { name: "nowhere", key: "key" };
    await scene.lab.applyInstance("keyless", { ssh: { enabled: true, keySecretRef } });
    return remove(scene, "hpci/keyless");
  },
  HpcParkNotReadyForLong: async (scene) => {
    await scene.lab.applyInstance("waiting", { storageRefs: [{ name: "nowhere" }] });
    return remove(scene, "hpci/waiting");
  },
  HpcParkStoppedButBilled: async (scene) => {
    await scene.lab.applyInstance("idle", { power: "Off" });
    return remove(scene, "hpci/idle");
  },
  HpcParkCreateOutcomeOpen: async (scene) => {
    const { lab } = scene;
    const creates = (): number => lab.requests("createInstance").length;
    const before = creates();
    failing(lab, { operation: "createInstance", times: 1 }, { kind: "hang", afterWork: true });
    await lab.applyInstance("lost");
    // Not sooner: without a fresh list nothing is made.
    await until("it is asked for", () => creates() > before);
    failing(lab, { operation: "listInstances" });
    return async () => {
      lab.simulator.faults.clear();
      await lab.untilReady("hpci/lost");
    };
  },
  HpcParkDoubles: async ({ lab }) => {
    const [{ label } = { label: "" }] = lab.alive();
    lab.simulator.perform({ action: "create-instance", label, token: "ordinary" });
  },
  HpcParkUnclaimedThings: async ({ lab }) => {
    const made = { label: STRANGER, token: "ordinary" };
    const { id = 0 } = lab.simulator.perform({ action: "create-instance", ...made });
    return () => void lab.simulator.perform({ action: "delete", kind: "instance", id });
  },
  HpcParkAccountSuspect: async ({ lab }) => {
    await lab.applyInstance("second");
    await lab.untilReady("hpci/second");
    return failing(lab, { operation: "listInstances" }, { kind: "empty-list" });
  },
  HpcParkProviderErrors: async ({ lab }) => failing(lab, { method: "GET" }),
  HpcParkProviderThrottles: async ({ lab }) =>
    failing(
      lab,
      { operation: "listStorages", times: 8 },
      { kind: "status", status: 429, headers: { "retry-after": "0" } },
    ),
  HpcParkSnapshotStale: async ({ lab }) => failing(lab, { operation: "listInstances" }),
  HpcParkQueueStuck: async (scene) => {
    const undo = failing(scene.lab, { operation: "createInstance" }, { kind: "hang" });
    await scene.lab.applyInstance("hung");
    return async () => {
      undo();
      await remove(scene, "hpci/hung")();
    };
  },
  HpcParkEventLoopBlocked: async ({ lab, prometheus }) => {
    lab.operator.signal("SIGSTOP");
    const isSilent = "max_over_time(up[2s]) == 0";
    await until("scrapes fail", async () => (await prometheus.query(isSilent)).length > 0);
    lab.operator.signal("SIGCONT");
  },
  HpcParkContractChanged: async (scene) => {
    const { changed, tenant } = scene;
    await applySecret(tenant, "elsewhere", changed.masterToken);
    const tokenSecretRefs = [{ name: "elsewhere" }];
    await applyAccount(tenant, "elsewhere", { url: changed.url, tokenSecretRefs });
  },
  HpcParkOrphanLeftBehind: async ({ lab }) => {
    const undo = failing(lab, { method: "DELETE" });
    await lab.kubectl.run("delete", "hpci/second", "--wait=false");
    await lab.untilReason("hpci/second", "Synced", "Unreachable");
    const patch = '{"metadata":{"finalizers":[]}}';
    await lab.kubectl.run("patch", "hpci/second", "--type=merge", "-p", patch);
    return undo;
  },
};
