import { describe, expect, it } from "vitest";
import { Deadline } from "../../../src/kube/deadline.ts";

const never = new Promise<never>(() => undefined);

describe("waiting for work that knows no signal", () => {
  it("gives what the work gives", async () => {
    using deadline = new Deadline(10_000, undefined);

    expect(await deadline.over(Promise.resolve("done"))).toBe("done");
  });

  it("ends with the caller's reason", async () => {
    const caller = new AbortController();
    using deadline = new Deadline(10_000, caller.signal);
    const waiting = deadline.over(never);

    caller.abort(new Error("enough"));

    await expect(waiting).rejects.toThrow("enough");
  });

  it("ends at once where the caller has aborted before", async () => {
    const caller = new AbortController();
    using deadline = new Deadline(10_000, caller.signal);
    caller.abort(new Error("enough"));

    await expect(deadline.over(never)).rejects.toThrow("enough");
  }, 1_000);

  it("ends when the time is over", async () => {
    using deadline = new Deadline(20, undefined);

    await expect(deadline.over(never)).rejects.toThrow("no answer within 20 ms");
  });
});

describe("a deadline", () => {
  it("that begins after the abort throws its reason", () => {
    expect(() => new Deadline(10_000, AbortSignal.abort(new Error("too late")))).toThrow(
      "too late",
    );
  });

  it("that was lifted knows the caller's signal alone", async () => {
    const caller = new AbortController();
    using deadline = new Deadline(20, caller.signal);
    deadline.lift();
    using later = new Deadline(60, undefined);
    await later.over(never).catch(() => undefined);

    const wasCut = deadline.signal.aborted;
    caller.abort(new Error("enough"));

    expect(wasCut).toBe(false);
    expect(deadline.signal.reason).toMatchObject({ message: "enough" });
  });

  it("that is disposed of hears no more", () => {
    const caller = new AbortController();
    const deadline = new Deadline(10_000, caller.signal);
    deadline[Symbol.dispose]();

    caller.abort();

    expect(deadline.signal.aborted).toBe(false);
  });
});
