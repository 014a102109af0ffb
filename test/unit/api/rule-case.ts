import type { Kind } from "./generated-crd.ts";

export type Spec = Readonly<Record<string, unknown>>;

export interface Case {
  readonly reason: string;
  readonly kind: Kind;
  readonly spec: Spec;
  /** Left out: the object is created. */
  readonly old?: Spec;
  /** Paths of the fields that are refused. */
  readonly refused: readonly string[];
}
