import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { kinds } from "../../src/api/kinds.ts";
import { PROJECT } from "../project.ts";

/** What works for any provider, and so must not know one: not in its code, nor in its comments. */
const NEUTRAL = ["core", "controller", "kube"];

/** Names of providers and of what only they have, in lower case; an identifier is read word by word. */
const FORBIDDEN: ReadonlySet<string> = new Set([
  ...readdirSync(join(PROJECT, "src/provider"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => name.split("-")),
  ...kinds.map(({ kind }) => kind.toLowerCase()),
  ...kinds.map(({ plural }) => plural),
  ...kinds.flatMap(({ shortNames }) => shortNames),
  "1c",
  "gpu",
]);

/** As they stand there, and in the parts that capitals make: `HpcAccount` is `hpcaccount`, `hpc` and `account`. */
function wordsOf(text: string): string[] {
  const whole: string[] = text.match(/[A-Za-z0-9]+/g) ?? [];
  const parts = whole.flatMap((word) => word.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d[a-z]?/g) ?? []);
  return whole.concat(parts).map((word) => word.toLowerCase());
}

describe("the floors that know no provider", () => {
  it.each([
    ["src/elementSystem", ["element"]],
    ["an HpcAccount", ["hpc", "hpcaccount"]],
    ["https://api.hpc-park.ru, element.1c.ru", ["1c", "element", "hpc", "park"]],
    ["supplementary parking of hpccell", []],
  ])("would be found out by %j", (text, found) => {
    expect([...new Set(wordsOf(text))].filter((word) => FORBIDDEN.has(word)).toSorted()).toEqual(
      found,
    );
  });

  it.each(NEUTRAL)("are without a word of one: %s", (floor) => {
    const folder = join(PROJECT, "src", floor);
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
    const sources = files.filter((name) => name.endsWith(".ts"));
    expect(sources.length).toBeGreaterThan(10);
    const found = sources.flatMap((name) => {
      const words = wordsOf(`${name}\n${readFileSync(join(folder, name), "utf8")}`);
      return [...new Set(words)]
        .filter((word) => FORBIDDEN.has(word))
        .map((word) => `src/${floor}/${name}: ${word}`);
    });
    expect(found).toEqual([]);
  });
});
