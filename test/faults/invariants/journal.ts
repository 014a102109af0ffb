import type { LedgerEntry } from "../../../src/embedded/simulator/ledger.ts";
import type { Exchange } from "../message-proxy.ts";
import { type History, labelOfBody, posts } from "./history.ts";

const CREATE = "hpc-park.ru/create";
const FINALIZER = "hpc-park.ru/remote";

/** I6: before a create request comes in, the API server has answered to the patch with the finalizer and the intent. */
export function journalFirst({ entries, exchanges }: History): string[] {
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
