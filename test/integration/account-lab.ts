import type { Condition } from "../../src/api/conditions.ts";
import type { HpcAccount } from "../../src/api/hpc-account.ts";
import { startOperator } from "../operator-process.ts";
import { until } from "../until.ts";
import { INSTANCE_SPEC, Lab } from "./lab.ts";
import { type Kubectl, prepareNamespace } from "./namespace.ts";

/** A namespace with accounts in it. */
export type Tenant = Kubectl & { readonly namespace: string };

/** A lab whose operator works in a second namespace as well. */
export async function startAccountLab(
  overrides: Readonly<Record<string, string>> = {},
): Promise<{ lab: Lab; first: Tenant; second: Tenant }> {
  const lab = await Lab.start({}, overrides);
  const second = await prepareNamespace();
  const namespaces = `${lab.namespace},${second.namespace}`;
  await lab.operator.end("SIGTERM");
  lab.environment = { ...lab.environment, WATCH_NAMESPACES: namespaces };
  lab.operator = await startOperator(lab.environment);
  return { lab, first: { ...lab.kubectl, namespace: lab.namespace }, second };
}

/** A token of some user, who is made where there is none of that id. */
export function tokenOf(lab: Lab, user: number, name: string, master = true): string {
  if (lab.simulator.park.accounts.get(user) === undefined)
    lab.simulator.perform({ action: "add-user", id: user });
  const { token } = lab.simulator.perform({ action: "add-token", name, master, user });
  return String(token);
}

export async function applySecret(tenant: Tenant, name: string, token: string): Promise<void> {
  const metadata = { name };
  const secret = { apiVersion: "v1", kind: "Secret", metadata, stringData: { token } };
  await applied(tenant, secret);
}

export async function applyAccount(
  tenant: Tenant,
  name: string,
  spec: object = { tokenSecretRefs: [{ name: "hpc-park" }] },
): Promise<void> {
  const apiVersion = "hpc-park.ru/v1alpha1";
  await applied(tenant, { apiVersion, kind: "HpcAccount", metadata: { name }, spec });
}

export async function applyInstance(
  tenant: Tenant,
  name: string,
  spec: object = {},
): Promise<void> {
  await applied(tenant, instanceOf(name, spec));
}

/** So many at a time: kubectl holds itself back. */
const PACK = 25;

export async function applyInstances(tenant: Tenant, names: readonly string[]): Promise<void> {
  const items = names.map((name) => instanceOf(name, {}));
  const packs = Array.from({ length: Math.ceil(items.length / PACK) }, (_, index) =>
    items.slice(index * PACK, (index + 1) * PACK),
  );
  await Promise.all(
    packs.map((pack) => applied(tenant, { apiVersion: "v1", kind: "List", items: pack })),
  );
}

function instanceOf(name: string, spec: object): object {
  return {
    apiVersion: "hpc-park.ru/v1alpha1",
    kind: "HpcInstance",
    metadata: { name },
    spec: { ...INSTANCE_SPEC, ...spec },
  };
}

export async function untilReady(tenant: Tenant, ...resources: string[]): Promise<void> {
  await tenant.run("wait", "--for=condition=Ready", "--timeout=20s", ...resources);
}

export async function accountIn(tenant: Tenant, name: string): Promise<HpcAccount> {
  return JSON.parse(await tenant.run("get", "hpca", name, "-o", "json"));
}

/** Waits until a condition has this reason. */
export async function untilReason(
  tenant: Tenant,
  resource: string,
  type: string,
  reason: string,
): Promise<Condition> {
  let conditions: readonly Condition[] = [];
  return until(
    `${resource} has ${type} for reason ${reason}`,
    async () => {
      const object = JSON.parse(await tenant.run("get", resource, "-o", "json"));
      conditions = object.status?.conditions ?? [];
      return conditions.find((one) => one.type === type && one.reason === reason);
    },
    { seen: () => conditions },
  );
}

/** Ids of the users whose the living instances are. */
export function usersOfInstances(lab: Lab): number[] {
  return lab.simulator.park.instances.all().map(({ userId }) => userId);
}

async function applied(tenant: Tenant, object: object): Promise<void> {
  const { code, stderr } = await tenant.apply(object);
  if (code !== 0) throw new Error(stderr);
}
