import { kinds } from "../../src/api/kinds.ts";
import { permissionsFor } from "../../src/doctor/permissions.ts";
import type { AccessAttributes } from "../../src/kube/inspect.ts";

const NAME = "hpc-park-operator";
/** What is asked for there belongs to the leader's election. */
const LEASES = "leases";

interface Role {
  readonly apiVersion: "rbac.authorization.k8s.io/v1";
  readonly kind: "Role" | "ClusterRole";
  readonly metadata: { readonly name: string };
  readonly rules: readonly Rule[];
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** The roles in deploy/, by their files: exactly the verbs that the doctor asks for. */
export function rolesByFile(): ReadonlyMap<string, Role> {
  const all = permissionsFor({
    kinds,
    namespaces: [],
    leaseNamespace: "own",
    readsOwnerId: true,
  });
  const ofLease = all.filter(({ resource }) => resource === LEASES);
  const others = all.filter(({ resource }) => resource !== LEASES);
  // The cluster's own UID is nothing of a namespace.
  const namespaced = others.filter(({ name }) => name === undefined);
  return new Map([
    ["deploy/base/cluster-role.yaml", role("ClusterRole", NAME, others)],
    ["deploy/operator/leader-role.yaml", role("Role", `${NAME}-leader`, ofLease)],
    ["deploy/overlays/one-namespace/role.yaml", role("Role", NAME, namespaced)],
  ]);
}

function role(kind: Role["kind"], name: string, allowed: readonly AccessAttributes[]): Role {
  const rules = new Map<string, Rule>();
  for (const { group, resource, subresource, name: only, verb } of allowed) {
    const full = subresource === undefined ? resource : `${resource}/${subresource}`;
    const key = [group, full, only].join(" ");
    const names = only === undefined ? {} : { resourceNames: [only] };
    const verbs = [...(rules.get(key)?.verbs ?? []), verb];
    rules.set(key, { apiGroups: [group], resources: [full], ...names, verbs });
  }
  const apiVersion = "rbac.authorization.k8s.io/v1";
  return { apiVersion, kind, metadata: { name }, rules: [...rules.values()] };
}
