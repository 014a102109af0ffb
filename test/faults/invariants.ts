import { markerOf, mostAlivePerMarker } from "../../src/embedded/hpc-park/alive-per-marker.ts";
import type { LedgerEntry } from "../../src/embedded/hpc-park/ledger.ts";
import type { Revision } from "./cluster-history.ts";
import type { Exchange } from "./message-proxy.ts";

export interface History {
  readonly entries: readonly LedgerEntry[];
  readonly revisions: readonly Revision[];
  /** What went between the operator and the API server. */
  readonly exchanges: readonly Exchange[];
  readonly nowMs: number;
}

export interface Bounds {
  /** How long two things with one marker may live, in milliseconds; 0 where a lost answer is not part of the plan. */
  readonly doubleMs: number;
  /** Request timeout plus settle time. */
  readonly quietMs: number;
  /** Remote calls of the whole plan. */
  readonly calls: number;
  /** Ids that the plan's user asked to adopt. */
  readonly adopted: ReadonlySet<number>;
}

const CREATE = "hpc-park.ru/create";
const FINALIZER = "hpc-park.ru/remote";
/** A refusal that the contract documents. */
const REFUSALS: ReadonlySet<number> = new Set([401, 402, 403, 404, 409, 422, 429]);

/** Everything that must hold over a whole history; each violation in a sentence. */
export function violations(history: History, bounds: Bounds): string[] {
  return [
    ...single(history, bounds),
    ...noBlindCreate(history, bounds),
    ...journalFirst(history),
    ...ownership(history, bounds),
    ...proofBeforeRelease(history),
    ...statusNeverRegresses(history),
    ...noStorm(history, bounds),
  ];
}

/** I1: at most one live thing per marker. */
function single({ entries, nowMs }: History, { doubleMs }: Bounds): string[] {
  return mostAlivePerMarker(entries, nowMs)
    .filter(({ mostAlive, longestTwinsMs }) => mostAlive > 1 && longestTwinsMs > doubleMs)
    .map(
      ({ marker, mostAlive, longestTwinsMs }) =>
        `I1 single: ${mostAlive} things bore ${marker} for ${Math.round(longestTwinsMs)} ms`,
    );
}

/** I5: between two create requests with one marker lies a refusal, or a complete list begun after the quiet time. */
function noBlindCreate({ entries }: History, { quietMs }: Bounds): string[] {
  const found: string[] = [];
  const lastPost = new Map<string, LedgerEntry>();
  for (const entry of posts(entries)) {
    const marker = markerOfBody(entry.body);
    const before = lastPost.get(marker);
    lastPost.set(marker, entry);
    if (before === undefined || isRefused(before) || isAccountedFor(before, entry, entries))
      continue;
    const list = entries.find(
      ({ operation, inMs, status }) =>
        operation.startsWith("list") &&
        status === 200 &&
        inMs >= before.inMs + quietMs * 0.9 &&
        inMs <= entry.inMs,
    );
    if (list === undefined)
      found.push(`I5 no blind create: ${marker} was asked for twice without a look between`);
  }
  return found;
}

/** What the earlier request made was deleted before the later one came. */
function isAccountedFor(
  before: LedgerEntry,
  later: LedgerEntry,
  entries: readonly LedgerEntry[],
): boolean {
  const made = before.effects.filter(({ what }) => what === "created").map(({ id }) => id);
  if (made.length === 0) return false;
  return made.every((id) =>
    entries.some(({ effects }) =>
      effects.some(
        ({ what, id: gone, goneAtMs }) =>
          what === "deleted" && gone === id && (goneAtMs ?? Infinity) <= later.inMs,
      ),
    ),
  );
}

/** I6: before a create request comes in, the API server has answered to the patch with the finalizer and the intent. */
function journalFirst({ entries, exchanges }: History): string[] {
  return posts(entries)
    .filter((entry) => !exchanges.some((exchange) => isJournalFor(exchange, entry)))
    .map((entry) => `I6 journal first: ${labelOfBody(entry.body)} was asked for without a journal`);
}

function isJournalFor(
  { method, path, body, status, answeredMs }: Exchange,
  entry: LedgerEntry,
): boolean {
  if (method !== "PATCH" || status !== 200 || answeredMs > entry.inMs) return false;
  const {
    metadata = {},
  }: { metadata?: { finalizers?: string[]; annotations?: Record<string, string> } } =
    JSON.parse(body);
  const name = path.slice(path.lastIndexOf("/") + 1);
  return (
    metadata.annotations?.[CREATE] !== undefined &&
    (metadata.finalizers ?? []).includes(FINALIZER) &&
    labelOfBody(entry.body).split(" ")[0]?.endsWith(`/${name}`) === true
  );
}

/** I4: what bears no marker of the operator's and was not adopted is never changed. */
function ownership({ entries }: History, { adopted }: Bounds): string[] {
  const labels = new Map<string, string>();
  const found: string[] = [];
  for (const { source, method, path, operation, effects } of entries) {
    const id = Number(/\/(?:instance|storage)\/?(\d+)/.exec(path)?.[1]);
    const kind = path.includes("storage") ? "storage" : "instance";
    const label = labels.get(`${kind}/${id}`);
    const isMutation = source === "api" && method !== "GET" && !Number.isNaN(id);
    if (isMutation && label !== undefined && markerOf(label) === undefined && !adopted.has(id)) {
      found.push(`I4 ownership: ${operation} of ${kind} ${id} "${label}", which is a stranger's`);
    }
    for (const effect of effects) labels.set(`${effect.kind}/${effect.id}`, effect.label);
  }
  return found;
}

/** I2: an object with a finalizer of ours leaves only when nothing with its marker lives. */
function proofBeforeRelease({ entries, revisions }: History): string[] {
  return revisions
    .filter(({ type, object }) => type === "DELETED" && !isToStay(object.spec))
    .flatMap(({ object, kind, seenMs }) => {
      const prefix = `${object.metadata.namespace}/${object.metadata.name} `;
      const alive = livingAt(
        entries,
        prefix,
        kind === "HpcStorage" ? "storage" : "instance",
        seenMs,
      );
      return alive.map((id) => `I2 no leak: ${prefix}was released while ${id} lived`);
    });
}

function isToStay(spec: Readonly<Record<string, unknown>> | undefined): boolean {
  return spec?.["deletionPolicy"] === "Retain" || spec?.["managementPolicy"] === "ObserveOnly";
}

function livingAt(
  entries: readonly LedgerEntry[],
  prefix: string,
  kind: string,
  atMs: number,
): number[] {
  const alive = new Set<number>();
  for (const effect of entries.flatMap(({ effects }) => effects)) {
    if (effect.kind !== kind || effect.atMs > atMs) continue;
    if (effect.what === "deleted" && (effect.goneAtMs ?? effect.atMs) <= atMs)
      alive.delete(effect.id);
    else if (effect.label.startsWith(prefix) && markerOf(effect.label) !== undefined)
      alive.add(effect.id);
  }
  return [...alive];
}

/** I7: observedGeneration never falls nor runs ahead, and lastTransitionTime changes only with the status. */
function statusNeverRegresses({ revisions }: History): string[] {
  const before = new Map<string, Revision>();
  const found: string[] = [];
  for (const revision of revisions) {
    const { uid, generation = 0, name } = revision.object.metadata;
    const observed = Number(revision.object.status?.["observedGeneration"] ?? 0);
    const previous = Number(before.get(uid)?.object.status?.["observedGeneration"] ?? 0);
    if (observed > generation)
      found.push(`I7 status: ${name} observes generation ${observed} of ${generation}`);
    if (observed < previous) found.push(`I7 status: ${name} went back to generation ${observed}`);
    before.set(uid, revision);
  }
  return found;
}

/** I10: no storm. */
function noStorm({ entries }: History, { calls }: Bounds): string[] {
  const sent = entries.filter(({ source }) => source === "api").length;
  return sent > calls ? [`I10 bounded: ${sent} remote calls, more than ${calls}`] : [];
}

function posts(entries: readonly LedgerEntry[]): LedgerEntry[] {
  return entries.filter(({ source, method }) => source === "api" && method === "POST");
}

function isRefused({ status, effects }: LedgerEntry): boolean {
  return status !== undefined && REFUSALS.has(status) && effects.length === 0;
}

function labelOfBody(body: unknown): string {
  const label = typeof body === "object" && body !== null && "label" in body ? body.label : "";
  return typeof label === "string" ? label : "";
}

function markerOfBody(body: unknown): string {
  return markerOf(labelOfBody(body)) ?? "(no marker)";
}
