import type { Condition } from "../api/conditions.ts";
import type { KubeObject } from "../kube/kube-object.ts";

/** An account object of any provider. */
export interface AccountObject extends KubeObject {
  readonly spec: unknown;
  readonly status?: {
    readonly observedGeneration?: number;
    /** Server and user, as in `https://api.example.org#7`. */
    readonly boundTo?: string;
    readonly conditions?: readonly Condition[];
    readonly [field: string]: unknown;
  };
}
