import { describe, expect, it } from "vitest";
import { compare } from "../../src/core/diff.ts";
import { labelWithMarker, markerOf } from "../../src/core/marker.ts";
import { ProviderError } from "../../src/provider/errors.ts";
import { DOUBTFUL } from "./faults.ts";
import { bodyOf, MARKER, openBench, RESOLVED, signal, WRITE } from "./provider-under-test.ts";
import { PROVIDERS } from "./providers.ts";

/** Whatever is answered with it, the request itself was carried out. */
const AFTER_WORK = new Set(["lose-answer", "cut-body", "status-after-work"]);

describe.each(PROVIDERS)("a request that makes $what", (provider) => {
  const { operations, port } = provider;
  const body = bodyOf(provider, provider.specOf(1));

  it("makes one thing, and returns it with its id", async () => {
    await using bench = await openBench(provider);
    const made = await bench.remote.create(body, WRITE);
    bench.simulated.settle();
    expect((await bench.remote.list(signal)).map(({ id }) => id)).toEqual([made.id]);
    expect(bench.sent(operations.create)).toHaveLength(1);
  });

  it("makes what the spec says: at rest nothing differs", async () => {
    await using bench = await openBench(provider);
    const id = await bench.make();
    const thing = await bench.remote.get(id, signal);
    const { fields, operations: order } = port.rules;
    const wanted = port.fields(provider.specOf(1), RESOLVED);
    expect(thing?.phase).toBe("settled");
    expect(compare(fields, order, wanted, thing?.fields ?? {})).toEqual({
      fixed: [],
      shrinking: [],
    });
  });

  it.each(["team/thing", "Обучение №1, «Магазин»", "я".repeat(3_000), "x ".repeat(2_000)])(
    "puts a marker behind %.12s that comes back with it",
    async (own) => {
      await using bench = await openBench(provider);
      const label = labelWithMarker(own, MARKER, port.maxLabelLength);
      const marked = bodyOf(provider, provider.specOf(1), label);

      const made = await bench.remote.create(marked, WRITE);

      const [listed] = await bench.remote.list(signal);
      const seen = await bench.remote.get(made.id, signal);
      expect([made.label, listed?.label, seen?.label]).toEqual([label, label, label]);
      expect(markerOf(label)).toBe(MARKER);
      expect(JSON.stringify(listed?.status)).not.toContain(MARKER);
    },
  );

  it("is refused in the provider's words, and then nothing was made", async () => {
    await using bench = await openBench(provider);
    const { status, body: refusal } = provider.refusal("так нельзя");
    const effect = { kind: "status", status, body: refusal } as const;
    bench.simulated.faults.add({ match: { operation: operations.create }, effect });
    await expect(bench.remote.create(body, WRITE)).rejects.toMatchObject({
      name: "ProviderError",
      kind: "invalid",
      message: expect.stringContaining("так нельзя"),
    });
    expect(bench.simulated.count()).toBe(0);
  });

  it.each(DOUBTFUL)("has an unknown outcome where %s, and is not sent again", async (_, effect) => {
    await using bench = await openBench(provider);
    bench.simulated.faults.add({ match: { operation: operations.create }, effect });

    const creating = bench.remote.create(body, WRITE);

    await expect(creating).rejects.toMatchObject({
      name: "ProviderError",
      kind: "unknown-outcome",
    });
    expect(bench.sent(operations.create)).toHaveLength(1);
    expect(bench.simulated.count()).toBe(AFTER_WORK.has(effect.kind) ? 1 : 0);
  });

  it("has an outcome where nobody listens: it never left", async () => {
    await using closed = await openBench(provider);
    const { url } = closed.simulated;
    await closed.simulated.close();
    await using bench = await openBench(provider, { url });
    await expect(bench.remote.create(body, WRITE)).rejects.toMatchObject({ kind: "unavailable" });
  });

  it("has an outcome where there is nothing to show at the door: it never left", async () => {
    const none = new ProviderError("unauthorized", "no token");
    await using bench = await openBench(provider, { token: () => Promise.reject(none) });
    await expect(bench.remote.create(body, WRITE)).rejects.toBe(none);
    expect(bench.sent(operations.create)).toEqual([]);
  });

  it("is not sent by a process that may not write any more", async () => {
    const guard = (): void => {
      throw new ProviderError("unavailable", "no longer the leader");
    };
    await using bench = await openBench(provider, { guard });
    await expect(bench.remote.create(body, WRITE)).rejects.toMatchObject({
      kind: "unavailable",
      message: "no longer the leader",
    });
    expect(bench.simulated.count()).toBe(0);
  });

  it("asks whether it is still wanted last of all: then one request leaves, with the credential that is named", async () => {
    await using bench = await openBench(provider);
    let before = 0;
    let named: string | undefined;
    const precondition = async (): Promise<void> => {
      before = bench.requests;
      named = bench.remote.credential;
    };

    await bench.remote.create(body, { signal, precondition });

    expect(bench.requests).toBe(before + 1);
    expect(bench.simulated.ledger.entries.at(-1)?.operation).toBe(operations.create);
    expect(named).toBeDefined();
    expect(bench.remote.credential).toBe(named);
  });

  it("is not sent where it is no longer wanted", async () => {
    await using bench = await openBench(provider);
    const no = new Error("no longer wanted");
    const precondition = (): Promise<void> => Promise.reject(no);
    await expect(bench.remote.create(body, { signal, precondition })).rejects.toBe(no);
    expect(bench.sent(operations.create)).toEqual([]);
  });

  it("is not sent by whoever has given up", async () => {
    await using bench = await openBench(provider);
    const given = AbortSignal.abort(new Error("the process ends"));
    const write = { ...WRITE, signal: given };
    await expect(bench.remote.create(body, write)).rejects.toBe(given.reason);
    expect(bench.sent(operations.create)).toEqual([]);
  });

  it("that has left is brought to its end, whoever gives up meanwhile", async () => {
    await using bench = await openBench(provider);
    const ending = new AbortController();
    const effect = { kind: "delay", ms: 50, when: "after" } as const;
    bench.simulated.faults.add({ match: { operation: operations.create }, effect });
    const precondition = async (): Promise<void> => ending.abort(new Error("the process ends"));
    const made = await bench.remote.create(body, { signal: ending.signal, precondition });
    expect(made.id).not.toBe("");
  });
});
