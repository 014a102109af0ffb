import { describe, expect, it } from "vitest";
import {
  ContractWatch,
  type ContractWatchOptions,
} from "../../../../src/provider/hpc-park/contract-watch.ts";
import {
  AS_DOCUMENTED,
  type LiveDescription,
} from "../../../../src/provider/hpc-park/live-description.ts";
import { until } from "../../../until.ts";

const CHANGED: LiveDescription = {
  ...AS_DOCUMENTED,
  differences: [{ operation: "POST /v1/x", what: "is missing", severity: "required changed" }],
};

interface Watched {
  readonly watch: ContractWatch;
  readonly told: LiveDescription[];
  readonly failures: unknown[];
  readonly ending: AbortController;
  asked: number;
}

/** @param answers One for each request; the last one stays. */
function watched(
  answers: readonly (LiveDescription | Error)[],
  timing: Partial<ContractWatchOptions["timing"]> = {},
): Watched {
  const ending = new AbortController();
  const told: LiveDescription[] = [];
  const failures: unknown[] = [];
  const state: Watched = {
    told,
    failures,
    ending,
    asked: 0,
    watch: new ContractWatch({
      fetch: async () => {
        const answer = answers[Math.min(state.asked, answers.length - 1)];
        state.asked += 1;
        if (answer === undefined || answer instanceof Error) throw answer;
        return structuredClone(answer);
      },
      onDescription: (description) => told.push(description),
      onFailure: (error) => failures.push(error),
      timing: { againMs: 60_000, haltedMs: 60_000, afterFailureMs: 60_000, ...timing },
      signal: ending.signal,
    }),
  };
  return state;
}

describe("ContractWatch", () => {
  it("is the same object as long as the service says the same", async () => {
    const { watch, told } = watched([AS_DOCUMENTED]);
    const first = await watch.read();
    expect(await watch.read()).toBe(first);
    expect(watch.known).toBe(first);
    expect(told).toHaveLength(1);
  });

  it("tells of what has changed", async () => {
    const { watch, told } = watched([AS_DOCUMENTED, CHANGED]);
    await watch.read();
    await watch.read();
    expect(told).toEqual([AS_DOCUMENTED, CHANGED]);
  });

  it("keeps what it knew where a reading fails", async () => {
    const { watch, told } = watched([CHANGED, new Error("502")]);
    await watch.read();
    await expect(watch.read()).rejects.toThrow("502");
    expect(watch.known).toEqual(CHANGED);
    expect(told).toHaveLength(1);
  });

  it("asks once for all who come meanwhile", async () => {
    const state = watched([AS_DOCUMENTED]);
    await Promise.all([state.watch.tried(), state.watch.read(), state.watch.tried()]);
    expect(state.asked).toBe(1);
  });

  it("makes nobody wait for a second try", async () => {
    const state = watched([new Error("502")]);
    expect(await state.watch.tried()).toBe(AS_DOCUMENTED);
    expect(await state.watch.tried()).toBe(AS_DOCUMENTED);
    expect(state.asked).toBe(1);
    expect(state.watch.known).toBeUndefined();
  });

  it.each([
    ["after a failure", new Error("502"), "afterFailureMs"],
    ["while something is switched off", CHANGED, "haltedMs"],
    ["at rest", AS_DOCUMENTED, "againMs"],
  ] as const)("reads again %s", async (_, answer, wait) => {
    const state = watched([answer], { [wait]: 1 });
    const running = state.watch.run();
    await until("it was read three times", async () => state.asked >= 3);
    state.ending.abort();
    await running;
  });

  it.each([
    ["after a failure", new Error("502"), { againMs: 1, haltedMs: 1 }],
    ["while something is switched off", CHANGED, { againMs: 1, afterFailureMs: 1 }],
    ["at rest", AS_DOCUMENTED, { haltedMs: 1, afterFailureMs: 1 }],
  ])("waits as long as it is told to %s", async (_, answer, timing) => {
    const state = watched([answer], timing);
    const running = state.watch.run();
    await until("it was read", async () => state.asked > 0);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(state.asked).toBe(1);
    state.ending.abort();
    await running;
  });

  it("tells of failures, and of none that its own end causes", async () => {
    const state = watched([new Error("502")], { afterFailureMs: 1 });
    const running = state.watch.run();
    await until("a failure was told", async () => state.failures.length > 0);
    state.ending.abort();
    await running;
    expect(state.failures).toContainEqual(new Error("502"));
  });
});
