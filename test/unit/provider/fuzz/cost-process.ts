import { monitorEventLoopDelay } from "node:perf_hooks";
import { ProviderError } from "../../../../src/provider/errors.ts";
import { remoteInstances } from "../../../../src/provider/hpc-park/instance.ts";
import { fetchDescription } from "../../../../src/provider/hpc-park/live-description.ts";
import { clientOf, WRITE } from "../client.ts";

/** A process of its own that asks once for one thing, and writes what the answer cost it as JSON. */
const TIMEOUT_MS = 20_000;
const [url = "", wanted] = process.argv.slice(2);

using client = clientOf(url, { timeoutMs: TIMEOUT_MS });
const remote = remoteInstances({ http: client.http, statePath: async () => "/" });
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const asked =
  wanted === "description"
    ? fetchDescription(client.http, WRITE.signal)
    : remote.get("7", WRITE.signal);
const outcome = await asked.then(
  () => "done",
  (error: unknown) => (error instanceof ProviderError ? error.kind : String(error)),
);
// Once more around the loop, so that the last turn is counted.
await new Promise((resolve) => setTimeout(resolve, 10));
process.stdout.write(
  JSON.stringify({
    outcome,
    blockedMs: Math.round(delay.max / 1e6),
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);
