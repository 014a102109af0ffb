import type { ResourceType } from "../../src/kube/kube-object.ts";
import type { World } from "./world.ts";

/** One living thing at the provider, as the trials see it. */
export interface Thing {
  readonly id: number | string;
  readonly label: string;
  /** Which of the sizes it has; see `Subject.sized`. */
  readonly size: number;
  /** It runs, as far as its rest goes. */
  readonly isOn: boolean;
}

/** A thing has one of these, and each can be made of each other. */
export type Size = 1 | 2 | 3 | 4;

type Json = Readonly<Record<string, unknown>>;

export function fieldsOf(thing: object): Json {
  return { ...thing };
}

/**
 * What trials play with: the main kind of a provider, whatever that is. A course that is written with these words alone is played with every
 * provider.
 */
export interface Subject {
  readonly type: ResourceType;
  /** What an operator reads of its resources, other than its accounts. */
  readonly collections: readonly ResourceType[];
  /** What a resource asks for: the first size, switched on, made again where it vanishes. Several can be there at once. */
  readonly specOf: (name: string) => Json;
  /** What takes over a thing that a person has made. */
  readonly adopting: (id: number | string) => Json;
  /** One that the provider itself refuses, every time. */
  readonly refused: (name: string) => Json;
  /** The part of a spec that asks for a size. */
  readonly sized: (size: Size) => Json;
  readonly power: { readonly on: Json; readonly off: Json };
  /** What a status says of size and power. */
  readonly isShown: (
    status: Json,
    wanted: { readonly size?: Size; readonly isOn?: boolean },
  ) => boolean;
  /** As the simulator's ledger names the requests. */
  readonly operations: { readonly create: string; readonly list: string };
  /** Everything of the kind that lives, whoever made it. */
  readonly things: () => readonly Thing[];
  /** What a person does at the provider, behind the operator's back. */
  readonly panel: {
    readonly make: (label: string) => number | string;
    readonly remove: (id: number | string) => void;
    readonly relabel: (id: number | string, label: string) => void;
    readonly resize: (id: number | string, size: Size) => void;
    readonly switchOff: (id: number | string) => void;
    /** Any word at all; null gives the thing back to its own life. */
    readonly setState: (id: number | string, state: string | null) => void;
  };
  readonly answers: AnswersOfSubject;
  readonly records: RecordsOfSubject;
}

/** How the provider's answers are written, for whoever changes them on the way. */
export interface AnswersOfSubject {
  /** The refusal of somebody who asks too often, as it is documented. */
  readonly slowDown: Json;
  /** Fields without which an answer says nothing of a thing. */
  readonly essential: ReadonlySet<string>;
  /** The field that holds its state. */
  readonly state: string;
  readonly isList: (path: string) => boolean;
  /** The id in the path of a card; undefined where it is none. */
  readonly idIn: (path: string) => string | undefined;
  /** A regular expression for the paths of the cards of some things. */
  readonly cardsOf: (ids: readonly (number | string)[]) => string;
  /** A list or a card with other things in it. */
  readonly changed: (body: string, change: (things: readonly Json[]) => readonly Json[]) => string;
  /** A thing that no list can hold. */
  readonly impossible: Json;
  /** A body of the wrong form that means an empty list elsewhere. */
  readonly noList: string;
  /** The answer to a create request, with an id in it that nothing can have. */
  readonly withoutId: (body: string) => string;
}

/** What of a resource's records the provider's kind decides. */
export interface RecordsOfSubject {
  /** An id that nothing has. */
  readonly nobody: number | string;
  /** An id of a type that the CRD does not take. */
  readonly ofOtherType: number | string;
  /** A status of another world. */
  readonly elsewhere: Json;
  /** Where `status` shows the label without its marker. */
  readonly label: string;
}

/** What opens the account, and how a trial takes it away. */
export interface CredentialOfSubject {
  /** How long until the operator has seen a change, in milliseconds. */
  readonly seenMs: number;
  /** The same user gets another, and the one in use is worth nothing any more. */
  readonly replace: (world: World) => Promise<void>;
  /** There is none for a while. */
  readonly takeAway: (world: World) => Promise<void>;
  readonly putBack: (world: World) => Promise<void>;
  /** One of a user who sees nothing of what is there. */
  readonly useAnother: (world: World) => Promise<void>;
}
