import type { TSchema } from "typebox";

/** One `x-kubernetes-validations` rule at the level of `spec`. A rule that names `oldSelf` is asked on updates only. */
export interface CelRule {
  /** Only what every CEL evaluator knows: no Kubernetes libraries, so that a unit test can ask it too. */
  readonly rule: string;
  /** One sentence that names the field and tells what to do. */
  readonly message: string;
  /** The field that is at fault, from `spec` on: `.label`. */
  readonly fieldPath: string;
}

export interface PrinterColumn {
  readonly name: string;
  readonly type: "string" | "integer" | "date";
  readonly jsonPath: string;
  readonly description: string;
  /** Shown by `kubectl get -o wide` only. */
  readonly isWide?: true;
}

/** All that makes a kind: what the CRD is generated from, and what the code takes its names from. */
export interface KindDefinition {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly description: string;
  readonly spec: TSchema;
  readonly status: TSchema;
  readonly rules: readonly CelRule[];
  readonly printerColumns: readonly PrinterColumn[];
  /** It stands for who may do something with a provider, not for a remote thing. */
  readonly isAccount?: true;
  /** The operator itself makes and deletes resources of this kind, to show what is there. */
  readonly isMirrored?: true;
}
