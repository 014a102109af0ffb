import type { LedgerEntry } from "../../../src/embedded/simulator/ledger.ts";
import type { Exchange } from "../message-proxy.ts";
import { type Bounds, conditionsOf, type History, mutations, revisionsByUid } from "./history.ts";

const WINDOW_MS = 1_000;
/** Two kinds at the active interval, one object or a few, and room for reads of single things. */
const CALLS_PER_SECOND = 120;
/** Words that tell of a deed, not of a condition: one before the deletion, one after it. */
const SPARE_EVENTS = 3;

/** I10: no storm, neither over the whole history nor in any second of it, nor of events. */
export function noStorm(history: History, { calls, callsPerSecond }: Bounds): string[] {
  const sent = history.entries.filter(({ source }) => source === "api");
  const most = mostInASecond(sent);
  const { callsEach } = history.reading;
  const limit = (callsPerSecond ?? CALLS_PER_SECOND) * callsEach;
  const inAll = calls * callsEach;
  return [
    ...(sent.length > inAll
      ? [`I10 bounded: ${sent.length} remote calls, more than ${inAll}`]
      : []),
    ...(most > limit ? [`I10 bounded: ${most} remote calls in a second, more than ${limit}`] : []),
    ...eventsPerTransition(history),
  ];
}

export function mostInASecond(entries: readonly LedgerEntry[]): number {
  const times = entries.map(({ inMs }) => inMs).toSorted((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [last, time] of times.entries()) {
    while (time - (times[first] ?? time) >= WINDOW_MS) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

/** No more events of an object than there were changes of its conditions, or requests that changed its thing. */
function eventsPerTransition(history: History): string[] {
  const { revisions, exchanges } = history;
  return revisionsByUid(revisions).flatMap((ofOne) => {
    const { uid, name, namespace } = ofOne[0]?.object.metadata ?? { uid: "", name: "" };
    const events = exchanges.filter((exchange) => isEventOf(exchange, uid)).length;
    const words = ofOne.map((one) =>
      conditionsOf(one)
        .map(({ status, reason }) => `${status} ${reason}`)
        .join(),
    );
    const turns = words.filter((word, index) => word !== words[index - 1]).length;
    const label = `${namespace}/${name} `;
    const deeds = mutations(history).filter((entry) => concerns(entry, label)).length;
    const limit = turns + deeds + SPARE_EVENTS;
    return events > limit ? [`I10 bounded: ${events} events of ${name}, more than ${limit}`] : [];
  });
}

function concerns({ body, effects }: LedgerEntry, label: string): boolean {
  return (
    JSON.stringify(body ?? "").includes(label) ||
    effects.some((effect) => effect.label.startsWith(label))
  );
}

function isEventOf({ method, path, body, status }: Exchange, uid: string): boolean {
  return method === "POST" && status === 201 && path.includes("/events") && body.includes(uid);
}

/** I9: where everything is as it shall be, nothing is written anywhere, and the provider is asked for lists alone. */
export function quietSince({ entries, exchanges, reading }: History, sinceMs: number): string[] {
  const writes = exchanges.filter(
    ({ method, path, answeredMs }) =>
      method !== "GET" && answeredMs >= sinceMs && !path.includes("/leases"),
  );
  const asked = entries.filter(
    ({ source, operation, inMs }) =>
      source === "api" && inMs >= sinceMs && !reading.atRest.has(operation),
  );
  return [
    ...writes.map(({ method, path }) => `I9 quiet: ${method} ${path} though nothing changed`),
    ...asked.map(({ method, path }) => `I9 quiet: ${method} ${path} though nothing changed`),
  ];
}
