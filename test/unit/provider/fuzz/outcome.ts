import { expect } from "vitest";
import type { FailureKind } from "../../../../src/core/failure.ts";
import { ProviderError } from "../../../../src/provider/errors.ts";
import { fetchDescription } from "../../../../src/provider/hpc-park/live-description.ts";
import { remoteInstances } from "../../../../src/provider/hpc-park/instance.ts";
import { remoteStorages } from "../../../../src/provider/hpc-park/storage.ts";
import type { HttpClient } from "../../../../src/provider/http.ts";
import { clientOf, WRITE } from "../client.ts";

const { signal } = WRITE;

const KINDS: ReadonlySet<string> = new Set<FailureKind>([
  "unauthorized",
  "invalid",
  "conflict",
  "rate-limited",
  "quota",
  "unavailable",
  "unknown-outcome",
]);

const instances = (http: HttpClient) =>
  remoteInstances({ http, statePath: async (id) => `/v1/instance/${id}/state/` });

/** Every request that the operator sends to HPC Park. */
export const REQUESTS = {
  list: (http) => instances(http).list(signal),
  get: (http) => instances(http).get("7", signal),
  create: (http) => instances(http).create({ label: "a" }, WRITE),
  change: (http) => instances(http).change("7", "powerOff", {}, WRITE),
  remove: (http) => remoteStorages(http).remove("7", WRITE),
  describe: (http) => fetchDescription(http, signal),
} as const satisfies Record<string, (http: HttpClient) => Promise<unknown>>;

export interface Told {
  readonly outcome: FailureKind | "done";
  readonly value: unknown;
  readonly message: string;
}

/** Far above what a loopback answer takes, and below the test's own limit. */
const TIMEOUT_MS = 2_000;
/** A redirect costs a second request. */
const HANG_MS = 2 * TIMEOUT_MS + 1_000;

/** Sends one request and says what became of it. Fails the test where that is no ProviderError, or takes too long. */
export async function outcomeOf(
  url: string,
  request: keyof typeof REQUESTS,
  options: Parameters<typeof clientOf>[1] = {},
): Promise<Told> {
  using client = clientOf(url, { timeoutMs: TIMEOUT_MS, ...options });
  const startedMs = performance.now();
  const told = await REQUESTS[request](client.http).then(
    (value): Told => ({ outcome: "done", value, message: "" }),
    failureOf,
  );
  expect(performance.now() - startedMs, "time that it took").toBeLessThan(
    Math.max(2 * (options.timeoutMs ?? 0), 0) + HANG_MS,
  );
  return told;
}

function failureOf(error: unknown): Told {
  if (!(error instanceof ProviderError)) throw error;
  expect(KINDS).toContain(error.kind);
  expect(error.cause, "what a got error carries goes no further").toBeUndefined();
  return { outcome: error.kind, value: undefined, message: error.message };
}
