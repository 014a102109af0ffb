import { customResourceDefinition } from "../api/crd.ts";
import type { KindDefinition } from "../api/kind.ts";
import { KubeError } from "../kube/errors.ts";
import { isAllowed, readCrd, readVersion } from "../kube/inspect.ts";
import type { KubeTransport } from "../kube/transport.ts";
import { compareCrds } from "./crd-differences.ts";
import { fault, type Finding, note, ok, warning } from "./finding.ts";
import { describePermission, type PermissionNeeds, permissionsFor } from "./permissions.ts";

export interface ClusterToCheck extends PermissionNeeds {
  readonly transport: KubeTransport;
  readonly kinds: readonly KindDefinition[];
  readonly signal: AbortSignal;
}

/** The first API server that checks CEL rules by itself. */
const FIRST_MINOR_WITH_RULES = 25;
/** The oldest that is the target. */
const OLDEST_MINOR = 28;
/** More than anybody reads. */
const MAX_SHOWN = 5;
const APPLY = "apply the CRDs of this release: kubectl apply --server-side -k crds";

/** Whether the cluster answers, lets the operator do its work, and has the CRDs of this version. */
export async function checkCluster(cluster: ClusterToCheck): Promise<readonly Finding[]> {
  const { transport, signal } = cluster;
  try {
    const { text, minor = OLDEST_MINOR } = await readVersion(transport, signal);
    const version =
      minor >= OLDEST_MINOR
        ? ok("cluster", `Kubernetes ${text} answers`)
        : warning(
            "cluster",
            `Kubernetes ${text} is older than 1.${OLDEST_MINOR}, the oldest that this version is made for`,
            "update the cluster; an API server before 1.25 lets specs through that the CRDs' rules would refuse",
          );
    const hasRules = minor >= FIRST_MINOR_WITH_RULES;
    return [
      version,
      ...(await checkAccess(cluster)),
      ...(await Promise.all(cluster.kinds.map((kind) => checkCrd(kind, cluster, hasRules)))),
    ];
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return [fault("cluster", error.message, fixOf(error))];
  }
}

async function checkAccess(cluster: ClusterToCheck): Promise<Finding[]> {
  const { transport, signal } = cluster;
  const needed = permissionsFor(cluster);
  const answers = await Promise.all(
    needed.map((attributes) => isAllowed(transport, attributes, signal)),
  );
  const denied = needed.filter((_, index) => answers[index] !== true).map(describePermission);
  if (denied.length === 0) return [ok("access", `all ${needed.length} verbs are allowed`)];
  return denied.map((permission) =>
    fault("access", `may not ${permission}`, `add to the role of the operator: ${permission}`),
  );
}

async function checkCrd(
  kind: KindDefinition,
  { transport, signal }: ClusterToCheck,
  hasRules: boolean,
): Promise<Finding> {
  const crd = customResourceDefinition(kind);
  const { name } = crd.metadata;
  try {
    const found: { spec?: unknown } = Object(await readCrd(transport, name, signal));
    return judgeCrd(name, compareCrds(crd.spec, found.spec, { hasRules }));
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    if (error.kind === "not-found") return fault("crds", `${name} is missing`, APPLY);
    if (error.kind !== "forbidden") return fault("crds", error.message, fixOf(error));
    return note("crds", `${name} cannot be compared, for these credentials may not read it`);
  }
}

function judgeCrd(name: string, { lacks, adds }: ReturnType<typeof compareCrds>): Finding {
  if (lacks.length > 0)
    return fault(
      "crds",
      `${name} is not the one of this version: it lacks, or has otherwise, ${listed(lacks)}`,
      APPLY,
    );
  if (adds.length > 0)
    return warning(
      "crds",
      `${name} is newer than this operator: it has ${listed(adds)} as well`,
      "run the version of the operator that the CRDs come from",
    );
  return ok("crds", `${name} is the one of this version`);
}

function listed(places: readonly string[]): string {
  const rest = places.length > MAX_SHOWN ? ` and ${places.length - MAX_SHOWN} more` : "";
  return `${places.slice(0, MAX_SHOWN).join(", ")}${rest}`;
}

function fixOf({ kind }: KubeError): string {
  return kind === "unauthorized"
    ? "put valid credentials into the kubeconfig"
    : "check the server in the kubeconfig (KUBECONFIG), and that this machine reaches it";
}
