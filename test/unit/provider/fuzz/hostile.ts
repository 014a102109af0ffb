import * as fc from "fast-check";
import type { Arbitrary } from "fast-check";

/** What steers a terminal, turns the reading direction, breaks a line, or is half of a character. */
const STEERING = [
  "\u0000",
  "\u0007",
  "\u0008",
  "\u001B[2J\u001B[31m",
  "\u001B]0;title\u0007",
  "\u009B31m",
  "\r\n",
  "\n",
  "\t",
  "\u0085",
  "\u00AD",
  "\u200B",
  "\u200F",
  "\u2028",
  "\u2029",
  "\u202E",
  "\u2066",
  "\uFEFF",
  "\uD800",
  "\uDC00",
  "\u{E0041}",
] as const;

const WORDS = [
  "Bearer ",
  "bearer\u00A0",
  "authorization: ",
  "$(id)",
  "`id`",
  "'; id #",
  "<script>",
  "%s",
  "{{7*7}}",
  "__proto__",
] as const;

/** Text that somebody who wants to do harm would send, besides any other. */
export const hostileText: Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc
    .array(fc.oneof(fc.constantFrom(...STEERING, ...WORDS), fc.string({ maxLength: 8 })), {
      maxLength: 60,
    })
    .map((parts) => parts.join("")),
);

/** Numbers as they may stand in JSON, beyond what a number can hold as well. */
const NUMBERS = [
  "0",
  "-0",
  "-1",
  "1",
  "7",
  "7.5",
  "7e0",
  "1e400",
  "-1e400",
  "1e-400",
  "9007199254740991",
  "9007199254740992",
  "9007199254740993",
  "123456789012345678901234567890",
  "0.1",
] as const;

/** Names that mean something to JavaScript, to HPC Park or to nobody. */
const KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "toJSON",
  "then",
  "length",
  "id",
  "label",
  "state",
  "detail",
  "loc",
  "msg",
  "paths",
  "host",
  "ports",
  "internal",
  "error",
  "storage_ids",
  "gpu_count",
] as const;

const key: Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...KEYS) },
  { weight: 1, arbitrary: hostileText },
);

/** Objects are written as text: `{ "__proto__": … }` and a name twice would not survive as values. */
const { tree } = fc.letrec<{ tree: string; leaf: string }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom(...NUMBERS, "null", "true", "false", "[]", "{}"),
    hostileText.map((text) => JSON.stringify(text)),
  ),
  tree: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("leaf"),
    fc.array(tie("tree"), { maxLength: 5 }).map((items) => `[${items.join(",")}]`),
    fc.array(fc.tuple(key, tie("tree")), { maxLength: 6 }).map(objectOf),
  ),
}));

/** Any JSON, as text. */
export const hostileJson: Arbitrary<string> = tree;

/** Text of a JSON object; a name may come twice. */
export function objectOf(entries: readonly (readonly [name: string, json: string])[]): string {
  return `{${entries.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(",")}}`;
}

const oneIn = (count: number, rare: Arbitrary<string>, usual: Arbitrary<string>) =>
  fc.oneof({ weight: 1, arbitrary: rare }, { weight: count - 1, arbitrary: usual });

/** What a careless reader would take for an id. */
const almostId: Arbitrary<string> = fc.oneof(
  hostileJson,
  fc.constantFrom('"7"', '" 7 "', "[7]", "[[7]]", "true", '{"id":7}', '"0x7"', ...NUMBERS),
);

/** A thing as HPC Park shows it, now and then with a field that is not what it should be. */
export const nearlyThing: Arbitrary<string> = fc
  .tuple(
    oneIn(6, almostId, fc.integer({ min: 1, max: 9 }).map(String)),
    oneIn(
      6,
      hostileJson,
      hostileText.map((text) => JSON.stringify(text)),
    ),
    oneIn(6, hostileJson, fc.constantFrom('"on"', '"off"', '"error"', '"ready"', '"creating"')),
    fc.array(fc.tuple(key, hostileJson), { maxLength: 4 }),
  )
  .map(([id, label, state, more]) =>
    objectOf([...more, ["id", id], ["label", label], ["state", state]]),
  );

/** A list of them, now and then with something else among them. */
export const nearlyList: Arbitrary<string> = fc
  .array(oneIn(12, hostileJson, nearlyThing), { maxLength: 6 })
  .map((items) => `[${items.join(",")}]`);

/** A refusal as FastAPI writes it, now and then not quite. */
export const nearlyRefusal: Arbitrary<string> = oneIn(
  4,
  hostileJson,
  fc.oneof(
    hostileText.map((text) => JSON.stringify(text)),
    fc.array(hostileJson, { maxLength: 4 }).map((items) => `[${items.join(",")}]`),
  ),
).map((detail) => objectOf([["detail", detail]]));

/** An array in an array and so on, deeper than any stack. */
export const deep = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
