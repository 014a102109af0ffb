import { setTimeout as delay } from "node:timers/promises";
import { machineMs } from "../clock.ts";
import { LEASES } from "../cluster.ts";
import { start } from "../contestants.ts";
import type { Bench } from "../scenario.ts";
import { type Seen, Spectator } from "../spectator.ts";

const LEASE_NAMESPACE = "default";
/** As it is by default. */
const LEASE_MS = 15_000;
const LIMIT_MS = 60_000;

/** Two operators; the one that leads ends in order, or is killed. How long until the other leads? */
export async function takeover(bench: Bench): Promise<void> {
  for (let run = 0; run < bench.runs; run += 1) {
    await change(bench, "SIGTERM");
    await change(bench, "SIGKILL");
  }
}

async function change(bench: Bench, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  const { stage, operator, figures, tell } = bench;
  const namespace = await stage.newNamespace();
  const environment = { LEADER_ELECTION: "true" };
  const leader = await start(operator, stage, namespace, environment);
  await untilLeading(leader.process);
  const standby = await start(operator, stage, namespace, environment);
  await delay(5_000);
  const spectator = await Spectator.open(stage.transport, LEASES, LEASE_NAMESPACE);
  const changes = followHolders(spectator);
  await delay(3_000);
  const toldMs = machineMs();
  await leader.process.end(signal);
  const taken = await changes.taken;
  const sinceMs = signal === "SIGTERM" ? changes.releasedMs() : changes.renewedMs();
  const value = taken.atMs - sinceMs - (signal === "SIGTERM" ? 0 : LEASE_MS);
  const measure =
    signal === "SIGTERM"
      ? "takeover after a clean stop, from the release, ms"
      : "takeover after a kill, beyond the lease, ms";
  figures.add(measure, operator.name, value);
  if (signal === "SIGTERM")
    figures.add(
      "takeover after a clean stop, from the signal, ms",
      operator.name,
      taken.atMs - toldMs,
    );
  tell(`${measure}: ${value.toFixed(0)}`);
  spectator.close();
  await standby.process.end("SIGTERM");
}

/** When the lease was renewed last, when it was given up, and when another took it. */
function followHolders(spectator: Spectator): {
  readonly taken: Promise<Seen>;
  readonly releasedMs: () => number;
  readonly renewedMs: () => number;
} {
  const { promise, resolve, reject } = Promise.withResolvers<Seen>();
  setTimeout(() => reject(new Error("nobody took the lease")), LIMIT_MS).unref();
  let holder: string | undefined;
  let releasedMs = Number.NaN;
  let renewedMs = Number.NaN;
  spectator.onSeen((seen) => {
    const next = seen.object.spec?.holderIdentity ?? "";
    if (next === "") releasedMs = seen.atMs;
    else if (holder === undefined || next === holder) {
      holder = next;
      renewedMs = seen.atMs;
    } else resolve(seen);
  });
  return { taken: promise, releasedMs: () => releasedMs, renewedMs: () => renewedMs };
}

async function untilLeading(process: { readonly log: string }): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (process.log.includes('"msg":"leading"')) return;
    await delay(100);
  }
  throw new Error(`it never led:\n${process.log}`);
}
