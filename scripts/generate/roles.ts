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

/** What the operator may do: where it works, to learn who owns what is created, and for the leader's election. */
export interface GrantedRules {
  readonly watched: readonly Rule[];
  readonly owner: readonly Rule[];
  readonly lease: readonly Rule[];
}

/** Exactly the verbs that the doctor asks for. */
export function grantedRules(): GrantedRules {
  const all = permissionsFor({
    kinds,
    namespaces: [],
    leaseNamespace: "own",
    readsOwnerId: true,
  });
  const others = all.filter(({ resource }) => resource !== LEASES);
  return {
    watched: rulesFor(others.filter(({ name }) => name === undefined)),
    // The cluster's own UID is nothing of a namespace.
    owner: rulesFor(others.filter(({ name }) => name !== undefined)),
    lease: rulesFor(all.filter(({ resource }) => resource === LEASES)),
  };
}

/** The roles in deploy/, by their files. */
export function rolesByFile(): ReadonlyMap<string, Role> {
  const { watched, owner, lease } = grantedRules();
  return new Map([
    ["deploy/base/cluster-role.yaml", role("ClusterRole", NAME, [...watched, ...owner])],
    ["deploy/operator/leader-role.yaml", role("Role", `${NAME}-leader`, lease)],
    ["deploy/overlays/one-namespace/role.yaml", role("Role", NAME, watched)],
  ]);
}

function role(kind: Role["kind"], name: string, rules: readonly Rule[]): Role {
  return { apiVersion: "rbac.authorization.k8s.io/v1", kind, metadata: { name }, rules };
}

function rulesFor(allowed: readonly AccessAttributes[]): readonly Rule[] {
  const rules = new Map<string, Rule>();
  for (const { group, resource, subresource, name: only, verb } of allowed) {
    const full = subresource === undefined ? resource : `${resource}/${subresource}`;
    const key = [group, full, only].join(" ");
    const names = only === undefined ? {} : { resourceNames: [only] };
    const verbs = [...(rules.get(key)?.verbs ?? []), verb];
    rules.set(key, { apiGroups: [group], resources: [full], ...names, verbs });
  }
  return [...rules.values()];
}
