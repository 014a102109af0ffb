import type { KindDefinition } from "../api/kind.ts";
import type { AccessAttributes } from "../kube/inspect.ts";

export interface PermissionNeeds {
  readonly kinds: readonly Pick<KindDefinition, "group" | "plural" | "isAccount" | "isMirrored">[];
  /** Empty: all. */
  readonly namespaces: readonly string[];
  /** Where the leader's Lease is; undefined without an election. */
  readonly leaseNamespace: string | undefined;
  /** Who owns what is created is read from the cluster. */
  readonly readsOwnerId: boolean;
}

interface Grant {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly name?: string;
  readonly verbs: readonly string[];
}

/** What the operator does with the resources of a kind. */
function verbsOf({ isAccount, isMirrored }: PermissionNeeds["kinds"][number]): readonly string[] {
  return [
    "list",
    "watch",
    // Before something is deleted its resource is read past every cache; of an account nothing is deleted.
    ...(isAccount === true ? [] : ["get"]),
    "patch",
    ...(isMirrored === true ? ["create", "delete"] : []),
  ];
}

/** Every verb that the operator uses, on what, and where. */
export function permissionsFor(needs: PermissionNeeds): readonly AccessAttributes[] {
  const { kinds, namespaces, leaseNamespace, readsOwnerId } = needs;
  const watched: readonly Grant[] = [
    ...kinds.flatMap((kind): Grant[] => {
      const { group, plural } = kind;
      return [
        { group, resource: plural, verbs: verbsOf(kind) },
        { group, resource: plural, subresource: "status", verbs: ["patch"] },
      ];
    }),
    { group: "", resource: "secrets", verbs: ["get", "create", "update", "patch", "delete"] },
    { group: "", resource: "events", verbs: ["create", "patch"] },
  ];
  const scopes = namespaces.length === 0 ? [undefined] : namespaces;
  const lease: Grant = {
    group: "coordination.k8s.io",
    resource: "leases",
    verbs: ["get", "watch", "create", "update"],
  };
  const owner: Grant = { group: "", resource: "namespaces", name: "kube-system", verbs: ["get"] };
  return [
    ...scopes.flatMap((namespace) => watched.flatMap((grant) => asked(grant, namespace))),
    ...(leaseNamespace === undefined ? [] : asked(lease, leaseNamespace)),
    ...(readsOwnerId ? asked(owner, undefined) : []),
  ];
}

/** As a role would name it: `patch hpcinstances.hpc-park.ru/status in namespace ml`. */
export function describePermission(attributes: AccessAttributes): string {
  const { verb, group, resource, subresource, namespace, name } = attributes;
  const type = group === "" ? resource : `${resource}.${group}`;
  const part = subresource === undefined ? "" : `/${subresource}`;
  const one = name === undefined ? "" : ` "${name}"`;
  const where = namespace === undefined ? "" : ` in namespace ${namespace}`;
  return `${verb} ${type}${part}${one}${where}`;
}

function asked({ verbs, ...rest }: Grant, namespace: string | undefined): AccessAttributes[] {
  const scope = namespace === undefined ? {} : { namespace };
  return verbs.map((verb) => ({ verb, ...rest, ...scope }));
}
