import { describe, expect, it } from "vitest";
import type { AccountPort } from "../../../src/provider/account-port.ts";
import { Connection, isSameAccount } from "../../../src/provider/connection.ts";
import { Lanes } from "../../../src/provider/lanes.ts";
import type { RemoteKind } from "../../../src/provider/port.ts";
import type { TokenHolder } from "../../../src/provider/session.ts";
import { Sessions } from "../../../src/provider/sessions.ts";

const KIND = "HpcInstance";
const refuse = (): Promise<never> => Promise.reject(new Error("nobody is to be asked"));
const REMOTE: RemoteKind = {
  credential: "7/*",
  list: async () => [],
  get: refuse,
  create: refuse,
  change: refuse,
  remove: refuse,
};

let signals: AbortSignal[] = [];

function sessions(): Sessions {
  signals = [];
  const now = (): number => performance.now();
  const random = (): number => 0;
  // Only these are asked for.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const port = {
    lanes: () => new Lanes({ requestsPerSecond: 10, concurrency: 1, patienceMs: 1, now, random }),
    open: () => ({
      remotes: () => new Map([[KIND, REMOTE]]),
      keepInformed: async () => undefined,
    }),
  } as unknown as AccountPort;
  return new Sessions({
    port,
    signal: new AbortController().signal,
    onSuspicion: () => undefined,
    connect: ({ remote, standing, kind, signal }) => {
      signals.push(signal);
      return new Connection({
        remote,
        kind,
        server: standing.place.server,
        trust: standing.trust,
        expectedIds: () => [],
        onChanges: () => undefined,
        timing: { activeMs: 60_000, restMs: 60_000, quietMs: 1 },
        signal,
        now,
        random,
        onStale: () => undefined,
        onRecovery: () => undefined,
      });
    },
  });
}

const holder = (what: string): TokenHolder => ({ what, token: what, renew: async () => undefined });
const of7 = { server: "https://a", user: "7" };
const master = { place: of7, only: undefined, requestsPerSecond: undefined };

describe("Sessions", () => {
  it("has one session for all master tokens of a user", () => {
    const all = sessions();
    const [a, b] = [holder("a"), holder("b")].map((one) => all.change(one, undefined, master));
    expect(a).toBe(b);
    expect(a?.connection(KIND)).toBe(b?.connection(KIND));
  });

  it("shares lanes and trust, not lists, with an ordinary token of the same user", () => {
    const all = sessions();
    const a = all.change(holder("a"), undefined, master);
    const b = all.change(holder("b"), undefined, { ...master, only: "b" });
    expect(a?.connection(KIND)).not.toBe(b?.connection(KIND));
    expect(a?.standing).toBe(b?.standing);
  });

  it.each([
    ["another user", { server: "https://a", user: "8" }, false],
    ["another server", { server: "https://b", user: "7" }, false],
  ])("shares nothing with %s", (_, place, expected) => {
    const all = sessions();
    const a = all.change(holder("a"), undefined, master)?.connection(KIND);
    const b = all.change(holder("b"), undefined, { ...master, place })?.connection(KIND);
    if (a === undefined || b === undefined) throw new TypeError("no connection");
    // The user of the second is what its requests show; here both say 7.
    const isOther = place.server !== of7.server;
    expect(isSameAccount(a, b)).toBe(isOther ? expected : true);
    expect(a.trust).not.toBe(b.trust);
  });

  it("does not take two users for one of whom nobody knows anything", () => {
    const all = sessions();
    const place = { server: "https://a", user: undefined };
    const a = all.change(holder("a"), undefined, { ...master, place, only: "a" });
    const b = all.change(holder("b"), undefined, { ...master, place, only: "b" });
    expect(a?.standing).not.toBe(b?.standing);
  });

  it("looks from the first use until the last holder lets go", () => {
    const all = sessions();
    const [a, b] = [holder("a"), holder("b")];
    const session = all.change(a, undefined, master);
    all.change(b, undefined, master);
    expect(signals).toHaveLength(0);
    session?.connection(KIND);
    all.change(a, session, undefined);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    all.change(b, session, undefined);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect([...all]).toEqual([]);
  });
});
