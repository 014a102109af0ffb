/**
 * Loaded into every measured process with `--import`: answers what the process has used so far. At rest it does nothing; only while
 * stalls are watched does it wake the process up.
 */
import { performance } from "node:perf_hooks";

export interface Usage {
  /** Of the whole process, user and system together. */
  readonly cpuMs: number;
  readonly rssMiB: number;
  readonly peakRssMiB: number;
  readonly heapMiB: number;
  /** The longest time for which the event loop did not turn, while it was watched. */
  readonly stallMs: number;
  /** How much of that time the loop's thread was really computing; the rest it waited for a core. */
  readonly stallCpuMs: number;
}

export type Question = { readonly ask: "usage"; readonly id: number } | { readonly ask: "watch" };

const STEP_MS = 5;

let stallMs = 0;
let stallCpuMs = 0;
let isWatching = false;

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function watchStalls(): void {
  stallMs = 0;
  stallCpuMs = 0;
  if (isWatching) return;
  isWatching = true;
  let lastMs = performance.now();
  let lastCpuMs = threadCpuMs();
  const look = (): void => {
    const nowMs = performance.now();
    const cpuMs = threadCpuMs();
    const lateMs = nowMs - lastMs - STEP_MS;
    if (lateMs > stallMs) {
      stallMs = lateMs;
    }
    stallCpuMs = Math.max(stallCpuMs, Math.min(cpuMs - lastCpuMs, Math.max(lateMs, 0)));
    lastMs = nowMs;
    lastCpuMs = cpuMs;
  };
  setInterval(look, STEP_MS).unref();
}

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return {
    cpuMs: (user + system) / 1000,
    rssMiB: rss / 2 ** 20,
    peakRssMiB: process.resourceUsage().maxRSS / 1024,
    heapMiB: heapUsed / 2 ** 20,
    stallMs,
    stallCpuMs,
  };
}

process.on("message", (question: Question) => {
  if (question.ask === "watch") watchStalls();
  else process.send?.({ id: question.id, ...usage() });
});
process.channel?.unref();
