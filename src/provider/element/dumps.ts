import type { Answer } from "../answer.ts";
import type { Write } from "../port.ts";
import { cleanWords } from "../words.ts";
import { hasFailed, isUnderWay } from "./application-state.ts";
import type { Panel } from "./panel.ts";
import { byTime } from "./tasks.ts";

/** So many are shown; the panel has the rest. */
const MAX_SHOWN = 5;

/** The dumps of one application, the newest first. */
export async function dumpsOf(
  panel: Panel,
  id: string,
  signal: AbortSignal,
): Promise<readonly Answer[]> {
  const names = ["items", "content", "dumps"];
  const dumps = await panel.list(`/applications/${id}/dumps`, "list dumps", names, signal);
  return dumps.toSorted((a, b) => byTime(createdAt(b), createdAt(a)));
}

/** Where the dump stands that was made for `build` later than `after`. */
export function dumpFor(
  dumps: readonly Answer[],
  build: string,
  after: string,
):
  | { readonly is: "done" | "under way" }
  | { readonly is: "failed"; readonly id: string }
  | undefined {
  const dump = dumps.find(
    (one) => one.text("description") === describe(build) && byTime(createdAt(one), after) > 0,
  );
  if (dump === undefined) return undefined;
  if (hasFailed(dump)) return { is: "failed", id: dump.text("id") ?? "" };
  return { is: isUnderWay(dump) ? "under way" : "done" };
}

export async function makeDump(
  panel: Panel,
  id: string,
  build: string,
  write: Write,
): Promise<void> {
  await panel.demand(
    {
      method: "POST",
      path: `/applications/${id}/dumps`,
      lane: "update",
      json: {
        "include-users": true,
        "include-binary-data": true,
        description: describe(build),
      },
    },
    "make dump",
    write,
  );
}

export function shownDumps(dumps: readonly Answer[]): readonly Record<string, unknown>[] {
  return dumps.slice(0, MAX_SHOWN).map((dump) => ({
    id: dump.text("id"),
    status: dump.text("status"),
    createdAt: dump.text("date-created"),
    description: cleanWords(dump.text("description") ?? ""),
    sizeBytes: dump.integer("application-size-bytes"),
  }));
}

export function newestDump(dumps: readonly Answer[]): string {
  const [newest] = dumps;
  return newest === undefined ? "" : createdAt(newest);
}

/** People read it in the panel; the operator knows its own dumps by it. */
function describe(build: string): string {
  return `before the update to ${build}`;
}

function createdAt(dump: Answer): string {
  return dump.text("date-created") ?? "";
}
