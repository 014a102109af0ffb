import { describe, expect, it } from "vitest";
import { ProviderError } from "../../src/provider/errors.ts";
import { DOUBTFUL } from "./faults.ts";
import { openBench, signal, WRITE } from "./provider-under-test.ts";
import { PROVIDERS } from "./providers.ts";

const ABORTED = AbortSignal.abort(new Error("no longer of interest"));

async function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value: unknown) => expect.unreachable(`it must fail, and was ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
}

describe.each(PROVIDERS)("the list of $what", (provider) => {
  const { operations } = provider;

  it("is empty, not an error, where there is nothing", async () => {
    await using bench = await openBench(provider);
    await expect(bench.remote.list(signal)).resolves.toEqual([]);
  });

  it("has everything that is there, each once", async () => {
    await using bench = await openBench(provider);
    const ids = [await bench.make(1), await bench.make(2), await bench.make(3)];
    const listed = await bench.remote.list(signal);
    expect(listed.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  });

  it("is the same, and the very same things, where nothing has changed", async () => {
    await using bench = await openBench(provider);
    await bench.make();
    const [first] = await bench.remote.list(signal);
    const [second] = await bench.remote.list(signal);
    expect(second).toBe(first);
  });

  it.each(DOUBTFUL)("rejects where %s", async (_, effect) => {
    await using bench = await openBench(provider);
    await bench.make();
    bench.simulated.faults.add({ match: { operation: operations.list }, effect });

    const error = await caught(bench.remote.list(signal));

    expect(error).toBeInstanceOf(ProviderError);
    expect(error).not.toMatchObject({ kind: "unknown-outcome" });
  });

  it("rejects where the provider says that there is no such list", async () => {
    await using bench = await openBench(provider);
    const { status, body } = provider.refusal("no");
    const effect = { kind: "status", status, body } as const;
    bench.simulated.faults.add({ match: { operation: operations.list }, effect });
    expect(await caught(bench.remote.list(signal))).toBeInstanceOf(ProviderError);
  });

  it("is not asked for by whoever has given up", async () => {
    await using bench = await openBench(provider);
    expect(await caught(bench.remote.list(ABORTED))).toBe(ABORTED.reason);
    expect(bench.sent(operations.list)).toEqual([]);
  });
});

describe.each(PROVIDERS)("$what that is asked for by its id", (provider) => {
  const { operations, absentId } = provider;

  it("is as the list shows it", async () => {
    await using bench = await openBench(provider);
    const id = await bench.make();
    const [listed] = await bench.remote.list(signal);
    await expect(bench.remote.get(id, signal)).resolves.toEqual(listed);
  });

  it("is undefined where it does not exist, as the provider documents it", async () => {
    await using bench = await openBench(provider);
    await expect(bench.remote.get(absentId, signal)).resolves.toBeUndefined();
  });

  it("is undefined once its deletion is over", async () => {
    await using bench = await openBench(provider);
    const id = await bench.make();
    await bench.remote.remove(id, WRITE);
    bench.simulated.settle();
    await expect(bench.remote.get(id, signal)).resolves.toBeUndefined();
    await expect(bench.remote.list(signal)).resolves.toEqual([]);
  });

  it.each(DOUBTFUL)("rejects where %s", async (_, effect) => {
    await using bench = await openBench(provider);
    const id = await bench.make();
    bench.simulated.faults.add({ match: { operation: operations.get }, effect });

    const error = await caught(bench.remote.get(id, signal));

    expect(error).toBeInstanceOf(ProviderError);
    expect(error).not.toMatchObject({ kind: "unknown-outcome" });
  });

  it("is not asked for by whoever has given up", async () => {
    await using bench = await openBench(provider);
    expect(await caught(bench.remote.get(absentId, ABORTED))).toBe(ABORTED.reason);
    expect(bench.requests).toBe(0);
  });
});
