import { HttpClient, type HttpClientOptions } from "../../../src/provider/http.ts";
import type { HttpOutcome } from "../../../src/provider/http-exchange.ts";
import { hpcParkRefusal } from "../../../src/provider/hpc-park/refusal.ts";
import { Lanes } from "../../../src/provider/lanes.ts";
import type { Write } from "../../../src/provider/port.ts";

/** 43 characters of base64url, as HPC Park makes them. */
export const TOKEN = "SeCrEtSeCrEtSeCrEtSeCrEtSeCrEtSeCrEtSeCrEt0";

/** A write with nothing to ask before it leaves. */
export const WRITE: Write = {
  signal: new AbortController().signal,
  precondition: async () => undefined,
};

export interface TestClient extends Disposable {
  readonly http: HttpClient;
  readonly lanes: Lanes;
  readonly outcomes: HttpOutcome[];
}

/** An HTTP client with everything a test does not care about filled in. */
export function clientOf(url: string, options: Partial<HttpClientOptions> = {}): TestClient {
  const outcomes: HttpOutcome[] = [];
  const now = (): number => performance.now();
  const lanes = new Lanes({
    requestsPerSecond: 1000,
    concurrency: 8,
    patienceMs: Infinity,
    now,
    random: () => 0,
  });
  const http = new HttpClient({
    url,
    token: async () => TOKEN,
    lanes,
    refusalIn: hpcParkRefusal,
    timeoutMs: 5_000,
    userAgent: "test",
    caOption: "HPC_PARK_CA_FILE",
    guard: () => undefined,
    onOutcome: (outcome) => outcomes.push(outcome),
    now,
    ...options,
  });
  return {
    http,
    lanes,
    outcomes,
    [Symbol.dispose]() {
      lanes.close();
      http.close();
    },
  };
}
