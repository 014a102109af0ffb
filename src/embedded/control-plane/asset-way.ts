import type { ControlPlaneAssets } from "./control-plane-assets.ts";
import type { K3sCluster } from "./k3s-cluster.ts";

export interface AssetWayOptions {
  readonly onProgress?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The caller wants what only processes of our own give: data in a directory of its own, or an audit log. */
  readonly needsProcesses?: boolean;
}

export type ControlPlaneSource =
  | { readonly kind: "binaries"; readonly assets: ControlPlaneAssets }
  | { readonly kind: "k3s"; readonly cluster: K3sCluster };

/** One way to a control plane. `find` throws where it does not serve on this machine, and the message says why. */
export interface AssetWay {
  readonly name: string;
  find(options: AssetWayOptions): Promise<ControlPlaneSource>;
}

/** This way does not serve here; the next one is tried. */
export class WayUnavailableError extends Error {
  readonly kind = "way-unavailable";

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "WayUnavailableError";
  }
}
