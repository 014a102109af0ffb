import { describe, expect, it } from "vitest";
import {
  formatIntent,
  type Intent,
  isOfNewerVersion,
  isQuiet,
  type JournalMemory,
  nextIntent,
  parseIntent,
} from "../../../src/core/journal.ts";

const TIME = "2026-01-01T00:00:00.000Z";

describe("intent", () => {
  it("survives being written and read", () => {
    const intent = { time: TIME, attempt: 7, credential: "0123456789ab" };
    expect(parseIntent(formatIntent(intent))).toEqual(intent);
  });

  it("is absent only where the annotation is", () => {
    expect(parseIntent(undefined)).toBeUndefined();
  });

  it.each(["", "true", "nonsense attempt=x", `${TIME} attempt=0`, `${TIME} attempt=-3`, TIME])(
    "is an intent all the same where somebody wrote %j",
    (annotation) => {
      expect(parseIntent(annotation)).toMatchObject({ attempt: 1 });
    },
  );

  it.each([
    ["v2 2026-01-01T00:00:00.000Z attempt=3", true],
    ["v10", true],
    [`${TIME} attempt=3`, false],
    ["version", false],
    [undefined, false],
  ])("written as %j is of a newer version: %s", (annotation, expected) => {
    expect(isOfNewerVersion(annotation)).toBe(expected);
  });

  it("counts attempts from 1", () => {
    expect(nextIntent(undefined, TIME, "a")).toEqual({
      time: TIME,
      attempt: 1,
      credential: "a",
    });
    expect(nextIntent({ time: "earlier", attempt: 1 }, TIME, "b")).toMatchObject({
      attempt: 2,
      credential: "b",
    });
  });
});

describe("isQuiet", () => {
  const QUIET_MS = 45_000;
  const intent = { time: TIME, attempt: 2 };
  const rows: readonly {
    reason: string;
    intent?: Intent;
    memory: JournalMemory;
    lookedAtMs: number;
    expected: boolean;
  }[] = [
    { reason: "nothing was ever asked for", memory: {}, lookedAtMs: 0, expected: true },
    {
      reason: "an intent that this process has not met yet says nothing of its age",
      intent,
      memory: {},
      lookedAtMs: 1e9,
      expected: false,
    },
    {
      reason: "a look begun a millisecond too early proves nothing",
      intent,
      memory: { intentSeenAtMs: 1_000 },
      lookedAtMs: 45_999,
      expected: false,
    },
    {
      reason: "a look begun after the quiet time proves the request dead",
      intent,
      memory: { intentSeenAtMs: 1_000 },
      lookedAtMs: 46_000,
      expected: true,
    },
    {
      reason: "the provider refused this very attempt",
      intent,
      memory: { intentSeenAtMs: 1_000, refusedAttempt: 2 },
      lookedAtMs: 1_000,
      expected: true,
    },
    {
      reason: "an earlier attempt's refusal says nothing of this one",
      intent,
      memory: { intentSeenAtMs: 1_000, refusedAttempt: 1 },
      lookedAtMs: 1_000,
      expected: false,
    },
    {
      reason: "the journal was taken away, but the request that it spoke of may still take effect",
      memory: { intentSeenAtMs: 1_000 },
      lookedAtMs: 2_000,
      expected: false,
    },
    {
      reason: "without a journal a refusal has no attempt to speak of",
      memory: { intentSeenAtMs: 1_000, refusedAttempt: 2 },
      lookedAtMs: 2_000,
      expected: false,
    },
    {
      reason: "with the journal taken away the quiet time still ends",
      memory: { intentSeenAtMs: 1_000 },
      lookedAtMs: 46_000,
      expected: true,
    },
  ];

  it.each(rows)("$expected: $reason", ({ intent: written, memory, lookedAtMs, expected }) => {
    expect(isQuiet(written, memory, lookedAtMs, QUIET_MS)).toBe(expected);
  });
});
