/** The simulator in a process of its own, so that what it costs is not the operator's; ruled by messages from the bench. */
import type { FaultRule } from "../../src/embedded/simulator/faults.ts";
import type { LedgerEntry } from "../../src/embedded/simulator/ledger.ts";
import { NO_DELAYS } from "../../src/embedded/hpc-park/settings.ts";
import { type Simulator, startSimulator } from "../../src/embedded/hpc-park/simulator.ts";
import { machineMs } from "./clock.ts";

export type Order =
  | { readonly do: "calls"; readonly since: number }
  | { readonly do: "place" }
  | { readonly do: "age" }
  | { readonly do: "forget" }
  | { readonly do: "fault"; readonly rule: FaultRule }
  | { readonly do: "heal" };

/** One request that came in. */
export interface Call {
  readonly operation: string;
  /** On the machine's clock. */
  readonly atMs: number;
  /** Of a create request. */
  readonly label?: string;
  readonly path: string;
}

export interface Answers {
  readonly calls: readonly Call[];
  /** To ask for the calls after this moment. */
  readonly place: number;
  readonly age: null;
  readonly forget: null;
  readonly fault: null;
  readonly heal: null;
}

function callOf({ operation, inMs, path, body }: LedgerEntry): Call {
  const label =
    typeof body === "object" && body !== null && "label" in body ? String(body.label) : undefined;
  return { operation, atMs: inMs, path, ...(label === undefined ? {} : { label }) };
}

/** From the end, for a long ledger is not to be read whole each time it is asked. */
function entriesSince(entries: readonly LedgerEntry[], seq: number): readonly LedgerEntry[] {
  let first = entries.length;
  while (first > 0 && (entries[first - 1]?.seq ?? 0) > seq) first -= 1;
  return entries.slice(first);
}

/** Every instance shows something new at the next look, so that every resource has to be brought up to date. */
function ageAll({ park }: Simulator): void {
  const createdAt = new Date().toISOString();
  for (const instance of park.instances.all()) Object.assign(instance, { createdAt });
}

function obey(simulator: Simulator, order: Order): Answers[Order["do"]] {
  const { ledger, faults } = simulator;
  switch (order.do) {
    case "place":
      return ledger.entries.at(-1)?.seq ?? 0;
    case "calls":
      return entriesSince(ledger.entries, order.since).map(callOf);
    case "age":
      ageAll(simulator);
      return null;
    case "forget":
      for (const instance of simulator.park.instances.all())
        simulator.park.instances.leave(instance, 0);
      return null;
    case "fault":
      faults.add(order.rule);
      return null;
    case "heal":
      faults.clear();
      return null;
  }
}

const simulator = await startSimulator({
  timings: NO_DELAYS,
  clock: { now: machineMs, wall: () => Date.now() },
});
process.on("message", ({ id, order }: { id: number; order: Order }) => {
  process.send?.({ id, answer: obey(simulator, order) });
});
process.once("disconnect", () => process.exit());
process.send?.({ url: simulator.url, token: simulator.token });
