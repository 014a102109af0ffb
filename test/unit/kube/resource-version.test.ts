import { expect, it } from "vitest";
import { compareResourceVersions } from "../../../src/kube/resource-version.ts";

it.each([
  { a: "9", b: "10", order: -1, reason: "numbers, not words" },
  { a: "10", b: "9", order: 1, reason: "the other way round" },
  { a: "7", b: "7", order: 0, reason: "the same" },
  { a: "9007199254740993", b: "9007199254740992", order: 1, reason: "past what a double holds" },
  { a: "abc", b: "7", order: undefined, reason: "opaque: only equality is promised" },
  { a: "abc", b: "abc", order: 0, reason: "opaque, but the same" },
])("$a to $b is $order: $reason", ({ a, b, order }) => {
  const result = compareResourceVersions(a, b);

  expect(result === undefined ? undefined : Math.sign(result)).toBe(order);
});
