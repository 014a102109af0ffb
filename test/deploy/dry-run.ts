import type { Kubectl, Outcome } from "../integration/namespace.ts";
import type { Manifest } from "./rendered.ts";

/**
 * Applies everything on the server and keeps nothing; what servers of that minor version do not know is left out. A dry run makes no
 * namespace that what follows could be in, so all is in the one that is there.
 */
export function dryRun(
  kubectl: Kubectl & { readonly namespace: string },
  manifests: readonly Manifest[],
  minor: number,
): Promise<Outcome> {
  const items = manifests
    .filter((one) => isKnown(one, minor))
    .map((one) => within(one, kubectl.namespace));
  const args = ["apply", "--dry-run=server", "--validate=false", "-f", "-"];
  return kubectl.attempt(args, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
}

function isKnown({ apiVersion, kind }: Manifest, minor: number): boolean {
  if (apiVersion.startsWith("monitoring.coreos.com/")) return false;
  if (apiVersion === "policy/v1") return minor >= 21;
  return minor >= 30 || !kind.startsWith("ValidatingAdmissionPolicy");
}

function within(manifest: Manifest, namespace: string): Manifest {
  const { metadata } = manifest;
  return metadata.namespace === undefined
    ? manifest
    : { ...manifest, metadata: { ...metadata, namespace } };
}
