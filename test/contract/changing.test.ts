import { describe, expect, it } from "vitest";
import { type Change, compare } from "../../src/core/diff.ts";
import { ProviderError } from "../../src/provider/errors.ts";
import type { ManagedSpec } from "../../src/provider/port.ts";
import { DOUBTFUL } from "./faults.ts";
import {
  type Bench,
  openBench,
  type ProviderUnderTest,
  RESOLVED,
  signal,
  WRITE,
} from "./provider-under-test.ts";
import { PROVIDERS } from "./providers.ts";

/** The status alone says that a deletion was accepted: there need not be a body that could be cut, or read. */
const DOUBTFUL_OF_DELETION = DOUBTFUL.filter(
  ([, { kind }]) => kind !== "status-after-work" && kind !== "cut-body",
);

const changeable = PROVIDERS.flatMap((provider) =>
  provider.changed === undefined ? [] : [{ ...provider, changed: provider.changed }],
);

async function nextChange(
  { port }: ProviderUnderTest,
  { remote }: Bench,
  id: string,
  spec: ManagedSpec,
): Promise<Change | undefined> {
  const thing = await remote.get(id, signal);
  const { fields, operations } = port.rules;
  return compare(fields, operations, port.fields(spec, RESOLVED), thing?.fields ?? {}).next;
}

/** The change that the other spec needs, as the controller would send it. */
async function change(
  provider: (typeof changeable)[number],
  bench: Bench,
  id: string,
  write = WRITE,
): Promise<void> {
  const { port, changed } = provider;
  const next = await nextChange(provider, bench, id, changed);
  if (next === undefined) return expect.unreachable("something is to be changed");
  return bench.remote.change(id, next.operation, port.fields(changed, RESOLVED), write);
}

describe.each(changeable)("a change of $what", (provider) => {
  it("is accepted, and comes about", async () => {
    await using bench = await openBench(provider);
    const id = await bench.make();

    await change(provider, bench, id);
    bench.simulated.settle();

    expect(await nextChange(provider, bench, id, provider.changed)).toBeUndefined();
    expect((await bench.remote.get(id, signal))?.phase).toBe("settled");
  });

  it("is accepted for one thing, and leaves the others alone", async () => {
    await using bench = await openBench(provider);
    const [id, other] = [await bench.make(1), await bench.make(2)];
    const before = await bench.remote.get(other, signal);
    await change(provider, bench, id);
    bench.simulated.settle();
    expect(await bench.remote.get(other, signal)).toEqual(before);
  });

  it("of what is not there is an error", async () => {
    await using bench = await openBench(provider);
    const next = await nextChange(provider, bench, await bench.make(), provider.changed);
    const { absentId, port, changed } = provider;
    const wanted = port.fields(changed, RESOLVED);
    const changing = bench.remote.change(absentId, next?.operation ?? "", wanted, WRITE);
    await expect(changing).rejects.toBeInstanceOf(ProviderError);
  });

  it("is refused in the provider's words", async () => {
    await using bench = await openBench(provider);
    const id = await bench.make();
    const { status, body } = provider.refusal("так нельзя");
    const effect = { kind: "status", status, body } as const;
    for (const method of ["PATCH", "PUT", "POST"])
      bench.simulated.faults.add({ match: { method, path: id }, effect });
    await expect(change(provider, bench, id)).rejects.toMatchObject({
      kind: "invalid",
      message: expect.stringContaining("так нельзя"),
    });
  });

  it("asks whether it may be sent last of all", async () => {
    await using bench = await openBench(provider);
    const id = await bench.make();
    const no = new Error("no longer ours");
    let before = 0;
    const precondition = (): Promise<void> => {
      before = bench.requests;
      return Promise.reject(no);
    };
    await expect(change(provider, bench, id, { signal, precondition })).rejects.toBe(no);
    expect(bench.requests).toBe(before);
    expect(before).toBeGreaterThan(0);
  });

  it("that may be judged later has a moment from which on its failure counts", async () => {
    await using bench = await openBench(provider);
    const id = await bench.make();
    const { judgedOperations = [] } = provider.port.rules;
    for (const operation of judgedOperations)
      expect(await bench.remote.timeMark?.(id, operation, signal)).toEqual(expect.any(String));
  });
});

describe.each(PROVIDERS)("a deletion of $what", (provider) => {
  const { operations, absentId } = provider;

  it("is true where the provider has accepted it, and false where there is no such thing", async () => {
    await using bench = await openBench(provider);
    const id = await bench.make();
    await expect(bench.remote.remove(id, WRITE)).resolves.toBe(true);
    bench.simulated.settle();
    await expect(bench.remote.remove(id, WRITE)).resolves.toBe(false);
    await expect(bench.remote.remove(absentId, WRITE)).resolves.toBe(false);
    expect(bench.simulated.count()).toBe(0);
  });

  it("takes nothing else with it", async () => {
    await using bench = await openBench(provider);
    const [id, other] = [await bench.make(1), await bench.make(2)];
    await bench.remote.remove(id, WRITE);
    bench.simulated.settle();
    expect((await bench.remote.list(signal)).map((thing) => thing.id)).toEqual([other]);
  });

  it.each(DOUBTFUL_OF_DELETION)("rejects where %s", async (_, effect) => {
    await using bench = await openBench(provider);
    const id = await bench.make();
    bench.simulated.faults.add({ match: { operation: operations.remove }, effect });
    await expect(bench.remote.remove(id, WRITE)).rejects.toMatchObject({ name: "ProviderError" });
  });

  it("asks whether it may be sent last of all: then one request leaves", async () => {
    await using bench = await openBench(provider);
    const id = await bench.make();
    let before = 0;
    const precondition = async (): Promise<void> => {
      before = bench.requests;
    };
    await bench.remote.remove(id, { signal, precondition });
    expect(bench.requests).toBe(before + 1);
  });

  it.each(["the precondition", "the guard"])("is not sent where %s says no", async (who) => {
    const no = new ProviderError("unavailable", "not any more");
    const refuse = { now: false };
    const guard = (): void => {
      if (refuse.now && who === "the guard") throw no;
    };
    await using bench = await openBench(provider, { guard });
    const id = await bench.make();
    refuse.now = true;
    const precondition = async (): Promise<void> => {
      if (who === "the precondition") throw no;
    };

    await expect(bench.remote.remove(id, { signal, precondition })).rejects.toBe(no);

    expect(bench.simulated.count()).toBe(1);
    expect(await bench.remote.get(id, signal)).toMatchObject({ phase: "settled" });
  });

  it("is not sent by whoever has given up", async () => {
    await using bench = await openBench(provider);
    const id = await bench.make();
    const given = AbortSignal.abort(new Error("the process ends"));
    const removing = bench.remote.remove(id, { ...WRITE, signal: given });
    await expect(removing).rejects.toBe(given.reason);
    expect(bench.sent(operations.remove)).toEqual([]);
  });
});
