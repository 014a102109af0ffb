import type { LedgerEntry } from "../../../src/embedded/simulator/ledger.ts";
import type { Exchange } from "../message-proxy.ts";
import type { Reading } from "./reading.ts";
import { type History, labelOfBody, posts } from "./history.ts";

/** I6: before a create request comes in, the API server has answered to the patch with the finalizer and the intent. */
export function journalFirst(history: History): string[] {
  const { exchanges, reading } = history;
  return posts(history)
    .filter((entry) => !exchanges.some((exchange) => isJournalFor(exchange, entry, reading)))
    .map(
      (entry) =>
        `I6 journal first: ${labelOfBody(entry.body, reading)} was asked for without a journal`,
    );
}

function isJournalFor(
  { method, path, body, status, answeredMs }: Exchange,
  entry: LedgerEntry,
  reading: Reading,
): boolean {
  if (method !== "PATCH" || status !== 200 || answeredMs > entry.inMs) return false;
  const {
    metadata = {},
  }: { metadata?: { finalizers?: string[]; annotations?: Record<string, string> } } =
    JSON.parse(body);
  const name = path.slice(path.lastIndexOf("/") + 1);
  return (
    metadata.annotations?.[`${reading.group}/create`] !== undefined &&
    (metadata.finalizers ?? []).includes(`${reading.group}/remote`) &&
    labelOfBody(entry.body, reading).split(" ")[0]?.endsWith(`/${name}`) === true
  );
}
