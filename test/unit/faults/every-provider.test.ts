import { describe, expect, it } from "vitest";
import { SCENARIOS } from "../../faults/scenarios.ts";
import { SEEDED_BUGS } from "../../faults/seeded-bugs/all.ts";
import { TRIALS } from "../../faults/trials/all.ts";

const PLAYS = { SCENARIOS, TRIALS, SEEDED_BUGS };

describe.each(Object.entries(PLAYS))("the fault suite's %s", (_, plays) => {
  const names = plays.map(({ name }) => name);

  it("have each a name of its own", () => {
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it("are played with every provider, but for those that are about one", () => {
    const neutral = plays.filter(({ only }) => only === undefined);
    const of = (provider: string): string[] =>
      neutral
        .filter((play) => play.provider === provider)
        .map(({ name }) => name.replace(`${provider}: `, ""));
    expect(of("element")).toEqual(of("hpc-park"));
    expect(neutral.length).toBeGreaterThan(plays.length / 2);
  });
});
