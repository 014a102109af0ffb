import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Asked,
  failuresBefore,
  formatAsked,
  isAskedFor,
  parseAsked,
  wantedIn,
  wordOfWish,
} from "../../../src/core/asked.ts";
import type { Change } from "../../../src/core/diff.ts";
import type { Setback } from "../../../src/core/observation.ts";

const ASKED: Asked = {
  operation: "update",
  wanted: '[["assemblyVersion","1.0-42"]]',
  after: "2026-11-23T10:00:00.123Z",
  time: "2026-11-23T10:00:01Z",
};
const SETBACK: Setback = {
  operations: ["backup", "update"],
  reason: "UpdateRolledBack",
  message: "Модуль.xbsl [17:5]: «Остаток» & +%; put another into the spec",
};
const CHANGE: Change = {
  operation: "update",
  differences: [
    {
      field: "assemblyVersion",
      path: "spec.source.assemblyVersion",
      desired: "1.0-42",
      observed: "1.0-41",
    },
  ],
};

const anyText = fc.string({ unit: "grapheme" });

describe("a change that was asked for", () => {
  it("is written as people can read it, in one line", () => {
    expect(formatAsked(ASKED)).toBe(
      "2026-11-23T10:00:01Z operation=update&wanted=%5B%5B%22assemblyVersion%22%2C%221.0-42%22%5D%5D&after=2026-11-23T10%3A00%3A00.123Z",
    );
  });

  it("is read as it was written", () => {
    expect(parseAsked(formatAsked(ASKED))).toEqual(ASKED);
  });

  it("is read with what became of it", () => {
    const asked = { ...ASKED, setback: SETBACK };
    expect(parseAsked(formatAsked(asked))).toEqual(asked);
  });

  it("is read with what failed before it", () => {
    const failedBefore = [{ ...ASKED, operation: "technology", setback: SETBACK }];
    const asked = { ...ASKED, failedBefore };
    expect(formatAsked(asked)).toMatch(/^[\x20-\x7e]+$/);
    expect(parseAsked(formatAsked(asked))).toEqual(asked);
  });

  it("is read without what nobody can read of what failed before it", () => {
    expect(parseAsked(`${formatAsked(ASKED)}, {}`)).toEqual(ASKED);
  });

  it.each([
    ["no JSON", "{"],
    ["nothing", "null"],
    ["no operations", JSON.stringify({ ...SETBACK, operations: "update" })],
    ["no reason that anybody knows", JSON.stringify({ ...SETBACK, reason: "Melted" })],
    ["no message", JSON.stringify({ ...SETBACK, message: 7 })],
  ])("is open where what became of it cannot be read: %s", (_, text) => {
    const annotation = `${formatAsked(ASKED)}&setback=${encodeURIComponent(text)}`;
    expect(parseAsked(annotation)).toEqual(ASKED);
  });

  it("is read as it was written, whatever is in it", () => {
    const written = fc.record({ operation: anyText, wanted: anyText, after: anyText });
    fc.assert(
      fc.property(written, (fields) => {
        const asked = { ...fields, time: ASKED.time };
        const annotation = formatAsked(asked);
        expect(annotation).toMatch(/^[\x20-\x7e]+$/);
        expect(parseAsked(annotation)).toEqual(asked);
      }),
    );
  });

  it.each([
    ["nothing", undefined],
    ["an empty text", ""],
    ["a time alone", "2026-11-23T10:00:01Z"],
    ["fields without a time", "operation=update&wanted=x&after=y"],
    ["no operation", "2026-11-23T10:00:01Z wanted=x&after=y"],
    ["no wish", "2026-11-23T10:00:01Z operation=update&after=y"],
    ["no moment", "2026-11-23T10:00:01Z operation=update&wanted=x"],
    ["something else", "2026-11-23T10:00:01Z {}"],
  ])("that cannot be read counts as none: %s", (_, annotation) => {
    expect(parseAsked(annotation)).toBeUndefined();
  });

  it("may be from before all changes of the thing, and says so", () => {
    const never = { ...ASKED, after: "" };
    expect(parseAsked(formatAsked(never))).toEqual(never);
  });
});

describe("what was wanted", () => {
  it("is the same for the same wish, whatever was there before", () => {
    const [difference] = CHANGE.differences;
    if (difference === undefined) return expect.unreachable("there is one");
    const later = { ...CHANGE, differences: [{ ...difference, observed: "1.0-40" }] };
    expect(wantedIn(later)).toBe(wantedIn(CHANGE));
    expect(wantedIn(CHANGE)).toBe(wordOfWish([["assemblyVersion", "1.0-42"]]));
  });

  it.each<[reason: string, asked: Asked | undefined, isSame: boolean]>([
    ["the same", ASKED, true],
    ["nothing", undefined, false],
    ["another operation", { ...ASKED, operation: "backup" }, false],
    ["another build", { ...ASKED, wanted: '[["assemblyVersion","1.0-43"]]' }, false],
    ["the same, long ago", { ...ASKED, after: "", time: "" }, true],
  ])("tells whether it was asked for before: %s", (_, asked, isSame) => {
    expect(isAskedFor(asked, CHANGE)).toBe(isSame);
  });
});

describe("what failed before a new request", () => {
  const update = { ...ASKED, setback: SETBACK };
  const technology = { ...ASKED, operation: "technology", setback: SETBACK };

  it("is what was asked for of other operations and came to nothing", () => {
    const asked = { ...update, failedBefore: [technology] };
    expect(failuresBefore(asked, "backup")).toEqual([update, technology]);
    expect(failuresBefore(asked, "update")).toEqual([technology]);
  });

  it.each([
    ["nothing was asked for", undefined],
    ["nobody knows what became of it", ASKED],
    ["it is asked for anew", update],
  ])("is nothing where %s", (_, asked) => {
    expect(failuresBefore(asked, "update")).toBeUndefined();
  });
});
