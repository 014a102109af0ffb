/** Group of the HPC Park kinds and prefix of their metadata keys. */
export const HPC_PARK_GROUP = "hpc-park.ru";

/** Group of the Element kinds and prefix of their metadata keys. */
export const ELEMENT_GROUP = "element.1c.ru";

/** The names under which the operator keeps its own facts in an object's metadata. */
export interface MetadataKeys {
  /** Holds the object until the remote thing is proven gone. */
  readonly finalizer: string;
  /** Annotation of the user: "true" makes the operator keep its hands off. */
  readonly paused: string;
  /** Annotation of the user: a new value asks for a fresh look; answered in `status.lastHandledReconcileAt`. */
  readonly reconcileRequestedAt: string;
  /** Annotation of the user: names what is really gone although that cannot be proven. */
  readonly acknowledgeGone: string;
  /** Annotation of the operator: the journal, written before a create request leaves. */
  readonly create: string;
  /** Annotation of the operator: a change that was asked for, and from when on its failure counts. */
  readonly change: string;
  /** Annotation of the operator on a Secret of its own: whose value it holds. */
  readonly holds: string;
  /** Annotation of the operator: the account in which the remote thing is, written with the finalizer. */
  readonly account: string;
  /** Holds an account until nothing uses it any more. */
  readonly accountFinalizer: string;
  /** Annotation of the user on an account: the user that its token stands for from now on. */
  readonly acknowledgeUser: string;
}

export function metadataKeys(prefix: string): MetadataKeys {
  return {
    finalizer: `${prefix}/remote`,
    paused: `${prefix}/paused`,
    reconcileRequestedAt: `${prefix}/reconcile-requested-at`,
    acknowledgeGone: `${prefix}/acknowledge-gone`,
    create: `${prefix}/create`,
    change: `${prefix}/change`,
    holds: `${prefix}/holds`,
    account: `${prefix}/account`,
    accountFinalizer: `${prefix}/in-use`,
    acknowledgeUser: `${prefix}/acknowledge-user`,
  };
}
