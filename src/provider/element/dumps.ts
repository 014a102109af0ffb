import type { Answer } from "../answer.ts";
import type { Write } from "../port.ts";
import { cleanWords } from "../words.ts";
import { hasFailed, isUnderWay } from "./application-state.ts";
import type { Panel } from "./panel.ts";
import { byTime } from "./tasks.ts";

/** So many are shown; the panel has the rest. */
const MAX_SHOWN = 5;
/** More applications than one panel has. */
const MAX_KNOWN = 10_000;

/** The dumps of applications. What was read is shown until something may have changed: at rest nobody is asked. */
export class Dumps {
  readonly #panel: Panel;
  readonly #known = new Map<string, readonly Answer[]>();
  readonly #stale = new Set<string>();

  constructor(panel: Panel) {
    this.#panel = panel;
  }

  /** Those of one application as they are now, the newest first. */
  async read(id: string, signal: AbortSignal): Promise<readonly Answer[]> {
    const path = `/applications/${id}/dumps`;
    const names = ["items", "content", "dumps"];
    const dumps = await this.#panel.list(path, "list dumps", names, signal);
    const sorted = dumps.toSorted((a, b) => byTime(createdAt(b), createdAt(a)));
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(id, sorted);
    this.#stale.delete(id);
    return sorted;
  }

  /** As they were read last, whatever has become of them since; undefined where they never were. */
  lastKnown(id: string): readonly Answer[] | undefined {
    return this.#known.get(id);
  }

  /** Read anew where something may have changed. */
  async of(id: string, signal: AbortSignal): Promise<readonly Answer[]> {
    const known = this.#stale.has(id) ? undefined : this.#known.get(id);
    return known ?? this.read(id, signal);
  }

  /** One is being made, or was. */
  doubt(id: string): void {
    if (this.#known.has(id)) this.#stale.add(id);
  }

  async make(id: string, build: string, write: Write): Promise<void> {
    this.doubt(id);
    await this.#panel.demand(
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
  // What the panel calls one that is done is not documented; where its file is, is.
  const hasFile = (dump.text("application-file-ref") ?? "") !== "";
  return { is: isUnderWay(dump) && !hasFile ? "under way" : "done" };
}

export function shownDumps(dumps: readonly Answer[]): readonly Record<string, unknown>[] {
  return dumps.slice(0, MAX_SHOWN).map((dump) => ({
    id: dump.text("id"),
    status: dump.text("status"),
    createdAt: dump.text("date-created"),
    description: cleanWords(dump.words("description") ?? ""),
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
