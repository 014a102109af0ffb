import type { LedgerEntry } from "../../../src/embedded/simulator/ledger.ts";

/** How those who judge a history read what one provider was asked. */
export interface Reading {
  /** Of the resources, and prefix of the operator's keys. */
  readonly group: string;
  /** Statuses that the provider's contract documents as refusals. */
  readonly refusals: ReadonlySet<number>;
  /** A request that makes something with a marker. */
  readonly isCreate: (request: Sent) => boolean;
  /** A request that changes something. */
  readonly isMutation: (request: Sent) => boolean;
  /** How many calls a request may take: whose rights are used, where a build is, when the last task began. */
  readonly callsEach: number;
  /** What is asked for where everything is as it shall be, by the ledger's names. */
  readonly atRest: ReadonlySet<string>;
  /** The kind and the id that a request names, as `instance/1001`. */
  readonly thingOf: (entry: LedgerEntry) => RemoteName | undefined;
  /** Whether a kind of resources stands for things; an account does not. */
  readonly isOfThing: (kind: string) => boolean;
  /** Of the thing that a kind of resources stands for. */
  readonly thingKindOf: (kind: string) => string;
  /** The operation that lists things of a kind. */
  readonly listOf: (thingKind: string) => string;
  /** Of the thing that a create request asks for. */
  readonly kindOfCreate: (entry: LedgerEntry) => string;
  /** The field of a create request that carries the marker. */
  readonly labelField: string;
  /** Secrets that the operator keeps for itself; undefined where it has none. */
  readonly ownSecrets?: RegExp;
}

/** A request as the ledger has it, or whoever stands on its way. */
export type Sent = Pick<LedgerEntry, "method" | "path">;

/** Changes something that is there already; it neither makes nor deletes. */
export function isChange(request: Sent, { isCreate, isMutation }: Reading): boolean {
  return isMutation(request) && !isCreate(request) && request.method !== "DELETE";
}

export interface RemoteName {
  readonly kind: string;
  readonly id: number | string;
}

const NUMBERED = /\/(instance|storage)\/?(\d+)/;

export const HPC_PARK_READING: Reading = {
  group: "hpc-park.ru",
  refusals: new Set([401, 402, 403, 404, 409, 422, 429]),
  isCreate: ({ method }) => method === "POST",
  isMutation: ({ method }) => method !== "GET",
  callsEach: 1,
  atRest: new Set(["listInstances", "listStorages", "listNamespaces", "readDescription"]),
  thingOf: ({ path }) => {
    const [, kind, id] = NUMBERED.exec(path) ?? [];
    return kind === undefined ? undefined : { kind, id: Number(id) };
  },
  isOfThing: () => true,
  thingKindOf: (kind) => (kind === "HpcStorage" ? "storage" : "instance"),
  listOf: (kind) => (kind === "storage" ? "listStorages" : "listInstances"),
  kindOfCreate: ({ path }) => (path.includes("storage") ? "storage" : "instance"),
  labelField: "label",
};

const APPLICATION = /\/applications\/([0-9a-f-]{36})/;

export const ELEMENT_READING: Reading = {
  group: "element.1c.ru",
  refusals: new Set([400, 401, 403, 404, 409, 429]),
  isCreate: ({ method, path }) => method === "POST" && path.endsWith("/applications"),
  isMutation: ({ method, path }) => method !== "GET" && !path.endsWith("/sys/token"),
  callsEach: 2,
  atRest: new Set(["listApplications", "listDbmsTypes", "getMe", "listSpaces", "signIn"]),
  thingOf: ({ path }) => {
    const id = APPLICATION.exec(path)?.[1];
    return id === undefined ? undefined : { kind: "application", id };
  },
  isOfThing: (kind) => kind === "ElementApplication",
  thingKindOf: () => "application",
  listOf: () => "listApplications",
  kindOfCreate: () => "application",
  labelField: "description",
  ownSecrets: /\.elementconsoles$/,
};
