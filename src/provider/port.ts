import type { Reason } from "../api/conditions.ts";
import type { Asked } from "../core/asked.ts";
import type { CredentialName } from "../core/credential.ts";
import type { Fields } from "../core/diff.ts";
import type { RemoteThing } from "../core/observation.ts";
import type { Sealed } from "../core/sealed.ts";
import type { KindRules } from "../core/situation.ts";
import type { Terms } from "../core/terms.ts";

/** What every kind's spec has, whatever the provider. */
export interface ManagedSpec {
  /** Left out: Delete. */
  readonly deletionPolicy?: "Delete" | "Retain";
  /** Left out: false. */
  readonly deletionProtection?: boolean;
  /** Left out: Full. */
  readonly managementPolicy?: "Full" | "ObserveOnly";
  /** Left out: Always. */
  readonly recreatePolicy?: "Always" | "Never";
  readonly adopt?: { readonly id: number | string };
  /** What a kind has of its own. */
  readonly [field: string]: unknown;
}

/** Another resource of the same namespace that must be ready first. */
export interface Reference {
  readonly kind: string;
  readonly name: string;
  /** Where the spec says so, for messages. */
  readonly path: string;
}

export interface SecretReference {
  readonly name: string;
  readonly key: string;
  readonly path: string;
  /** What the value has to look like, and what that is called. Anything else in the Secret is none of the provider's business. */
  readonly mustBe: {
    readonly pattern: RegExp;
    readonly called: string;
    /** What is said where it does not; left out: SecretNotFound. */
    readonly reason?: Reason;
  };
}

/** What the references of a spec turned out to be. */
export interface Resolved {
  /** Remote ids of the referred resources that are ready, by kind and name as in `HpcStorage/data`. */
  readonly ids: ReadonlyMap<string, string>;
  /** Values of Secrets, by name and key as in `ssh/key`. Filled for a create only. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Milliseconds of the wall clock. Given for a create only. */
  readonly wallClockMs?: number;
  /** The resource's own, for what a create request needs and the spec leaves out. Given for a create only. */
  readonly resourceName?: string;
}

/**
 * For kinds whose things have a value that is shown once, at creation. It is kept in a Secret that the resource owns, written before
 * anything else is said of the thing; a thing whose value is not there is deleted, and another is made.
 */
export interface Keeping<Spec> {
  secret(spec: Spec): { readonly name: string; readonly key: string; readonly path: string };
  /** How long before its end a thing is replaced, in milliseconds; undefined where it is left to end. */
  renewBeforeMs(spec: Spec): number | undefined;
}

/**
 * The pure half of a kind: what a spec means remotely. Implementations do no I/O, keep no state, and never throw on a spec
 * that the CRD's schema accepts.
 */
export interface KindPort<Spec extends ManagedSpec> {
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** The longest label that the provider takes, marker included, in characters. */
  readonly maxLabelLength: number;
  /** The label that the user chose; left out, it is `namespace/name`. */
  ownLabel(spec: Spec): string | undefined;
  readonly rules: KindRules;
  references(spec: Spec): readonly Reference[];
  /** Read only when something is created, from the resource's own namespace. */
  secrets(spec: Spec): readonly SecretReference[];
  /** What is to be compared with a thing's fields. Fields that need a reference that is not resolved are left out. */
  fields(spec: Spec, resolved: Resolved): Fields;
  /** The body of a create request. Called only when all references and secrets are resolved. */
  createBody(spec: Spec, label: string, resolved: Resolved): unknown;
  /** Whether what the spec asks for costs less than anything else: such a change goes before all others. */
  savesMoney?(spec: Spec): boolean;
  /** Left out: nothing of this kind has a value that is shown once. */
  readonly keeps?: Keeping<Spec>;
  /** How an external id is written in `status.id`. */
  statusId(id: string): number | string;
}

/** Why a thing is looked at. */
export interface Interest {
  readonly wanted: Fields;
  /** The change that was asked for last. */
  readonly asked?: Asked | undefined;
}

/** How a request that changes something is to be sent. */
export interface Write {
  readonly signal: AbortSignal;
  /** Asked when the request's turn has come, after any wait and just before it leaves; where it rejects, nothing is sent. */
  readonly precondition: () => Promise<void>;
}

/**
 * The effectful half of a kind, bound to one account. Every method rejects with a ProviderError and nothing else, but for
 * the signal's reason on an abort and a precondition's own error.
 */
export interface RemoteKind {
  /** The credential that the latest request carried; undefined before the first. What is shown depends on it. */
  readonly credential: CredentialName | undefined;
  /** What the provider says of itself, as far as it was read. The same object as long as it says the same. */
  readonly terms?: Terms | undefined;
  /** All things the account may see. Obligation: complete, or it rejects; a list that may be partial is never returned. */
  list(signal: AbortSignal): Promise<readonly RemoteThing[]>;
  /** Returns undefined only for the provider's documented "does not exist"; anything doubtful rejects. */
  get(id: string, signal: AbortSignal): Promise<RemoteThing | undefined>;
  /**
   * Sends one create request, never repeated. Rejects with kind `unknown-outcome` unless it is certain that nothing was
   * made: a documented refusal, or a request that never left.
   */
  create(body: unknown, write: Write): Promise<RemoteThing>;
  /** Begins one operation of the kind's rules. Resolves when the provider has accepted it, not when it is done. */
  change(id: string, operation: string, fields: Fields, write: Write): Promise<void>;
  /** Begins a deletion. Resolves to true when the provider accepted it, to false when it says there is no such thing. */
  remove(id: string, write: Write): Promise<boolean>;
  /**
   * The thing with what only further questions show of it: why it failed, what became of a change that was asked for. Asks nobody where
   * the thing is at rest and as it is wanted.
   */
  elaborate?(thing: RemoteThing, interest: Interest, signal: AbortSignal): Promise<RemoteThing>;
  /** A moment of the provider's own time: what an operation of one thing does from now on begins later. Of kinds with judged operations. */
  timeMark?(id: string, operation: string, signal: AbortSignal): Promise<string>;
  /** The thing with what the provider bills for it, as far as that is known. Asks nobody. */
  withCharge?(thing: RemoteThing): RemoteThing;
  /** Makes one call with a value that was shown once, and rejects where that does not work. Only of kinds that have such values. */
  prove?(value: Sealed, signal: AbortSignal): Promise<void>;
}
