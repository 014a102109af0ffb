import type { RemoteThing } from "../core/observation.ts";
import type { Obstacle } from "../core/situation.ts";
import type { Lanes } from "./lanes.ts";
import type { ManagedSpec, RemoteKind, SecretReference } from "./port.ts";

/** What an account object says: where the account is, and what opens it. */
export interface AccountTerms {
  /** Left out: the server that the operator itself uses. */
  readonly url?: string;
  /** The first that works is used. Each is put together, with colons, out of the values that its parts refer to. */
  readonly tokens: readonly (readonly SecretReference[])[];
  /** How often what `AccountFacts` shows is asked for; left out: as often as the operator looks at rest. */
  readonly pollMs?: number;
  readonly requestsPerSecond?: number;
}

/** What an account says of itself and of the token that it was asked with. */
export interface AccountFacts {
  /** Undefined where the provider does not say. */
  readonly user: string | undefined;
  readonly seesEverything: boolean;
  /** Wall time in milliseconds, of the provider's clock. */
  readonly expiresAtMs?: number;
  /** For people: which token, and whose. */
  readonly summary: string;
  /** What is mirrored into `status`. What could not be read is left out. */
  readonly status: Readonly<Record<string, unknown>>;
  /** By name, such as `balance`, and where there are several by what they are of. */
  readonly figures: readonly AccountFigure[];
}

export interface AccountFigure {
  readonly name: string;
  readonly of?: string;
  readonly value: number;
}

/** What a provider says of itself, for whoever looks at the account. */
export interface AccountRemarks {
  /** What is mirrored into `status`. */
  readonly status: Readonly<Record<string, unknown>>;
  /** What keeps the account, or a part of it, from being used. */
  readonly obstacle?: Obstacle;
}

/** One account, opened with some token. */
export interface AccountClient {
  /** The kinds of this account, by the name of their resources. */
  remotes(): ReadonlyMap<string, RemoteKind>;
  /** What the provider's description of itself means for the account, as far as it was read. */
  readonly remarks: AccountRemarks;
  /** Asks whose the token is, and everything that the status mirrors. Rejects with a ProviderError where nobody can say whose it is. */
  facts(signal: AbortSignal): Promise<AccountFacts>;
  /** Reads what the provider says of itself and what it bills, now and again, until the opening's signal aborts. */
  keepInformed(): Promise<void>;
  close(): void;
}

export interface AccountOpening {
  readonly url: string;
  /** Rejects with a ProviderError where there is none. */
  readonly token: () => Promise<string>;
  /** Asked once where the server refuses a token: another one, or undefined where there is none. */
  readonly otherToken?: (refused: string) => Promise<string | undefined>;
  readonly lanes: Lanes;
  /** Ends what it does by itself. */
  readonly signal: AbortSignal;
  /** Nothing but `facts` is asked of it. */
  readonly isForInspection?: true;
}

/** How the things of an account are shown as resources that only observe them. */
export interface Mirrors {
  /** Of the resources. */
  readonly kind: string;
  specOf(thing: RemoteThing, accountName: string): ManagedSpec;
  /** What people would call it; need not be fit for a name, nor the only one. */
  nameOf(thing: RemoteThing): string;
}

export interface AccountReference {
  /** For messages, such as `spec.accountRef`. */
  readonly path: string;
  /** Every resource names one: the operator has none of its own. */
  readonly isRequired?: true;
  /** Undefined where the spec names none. */
  nameIn(spec: ManagedSpec): string | undefined;
}

/** What a kind of accounts has of its own. The spec is one that the CRD's schema accepts. */
export interface AccountPort {
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  terms(spec: unknown): AccountTerms;
  /** How resources name the account object of their namespace. */
  readonly reference: AccountReference;
  /** What opens an account, in messages: token. */
  readonly credentialCalled: string;
  /** What a person does about a server that may not be used. */
  readonly adviceOnUrl: string;
  /** Lanes for one user of one server. */
  lanes(requestsPerSecond: number | undefined): Lanes;
  open(opening: AccountOpening): AccountClient;
  /** Left out, or undefined where the spec does not ask for it: nothing is mirrored. */
  mirrors?(spec: unknown): Mirrors | undefined;
}
