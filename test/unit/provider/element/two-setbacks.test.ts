import { describe, expect, it } from "vitest";
import type { ElementApplicationSpec } from "../../../../src/api/element-application.ts";
import type { Asked } from "../../../../src/core/asked.ts";
import { decide } from "../../../../src/core/decide.ts";
import type { Decision } from "../../../../src/core/decision.ts";
import { applicationKind } from "../../../../src/provider/element/application.ts";
import { resource, sees, situation } from "../../core/situations.ts";
import { ask, look, wantsBuild, wishOf } from "./changing.ts";
import { openConsole, type OpenConsole, running } from "./open-console.ts";

const BROKEN_TECHNOLOGY = "9.2.3";
const TURNS = 40;
/** Longer than the operator waits at rest, so that nothing is merely put off. */
const TURN_MS = 3_000_000;

/** What is asked for in many turns, as the controller asks, and what is said at last. */
async function asks(
  console: OpenConsole,
  changes: Partial<ElementApplicationSpec>,
): Promise<{ readonly done: readonly string[]; readonly said: string | undefined }> {
  const { settle, simulator } = console;
  const id = await running(console);
  const builds = [...simulator.panel.catalogue.assemblies.values()];
  const broken = builds.find(({ compileError }) => compileError !== undefined)?.version ?? "";
  const spec = wantsBuild(broken, { technologyVersion: BROKEN_TECHNOLOGY, ...changes });
  const done: string[] = [];
  let asked: Asked | undefined;
  let decision: Decision | undefined;
  for (let turn = 1; turn <= TURNS; turn += 1) {
    const own = resource({ recordedId: id, ...(asked === undefined ? {} : { asked }) });
    const seen = await look(console, id, spec, asked);
    const label = `shop ${own.marker}`;
    const given = {
      kind: applicationKind.rules,
      resource: own,
      observation: sees({ ...seen, label }),
      wish: { fields: wishOf(spec), users: [] },
    };
    decision = decide(situation(given), turn * TURN_MS);
    const { action } = decision;
    if (action.do === "remember") asked = action.asked;
    if (action.do === "conclude") asked = undefined;
    if (action.do === "change") {
      asked = await ask(console, id, { spec, change: action, asked });
      done.push(action.operation);
    }
    settle();
  }
  return { done, said: decision?.claims.find(({ type }) => type === "Stalled")?.message };
}

describe("a build and a technology version that both come to nothing", () => {
  it.each([
    [false, ["update", "technology"]],
    [true, ["backup", "update", "technology"]],
  ])("are each asked for once; with a dump before it: %s", async (backupBeforeUpdate, expected) => {
    const settings = { brokenTechnologies: { [BROKEN_TECHNOLOGY]: "Не подошла" } };
    await using console = await openConsole({ settings });
    const { done, said } = await asks(console, { backupBeforeUpdate });
    expect(done).toEqual(expected);
    expect(said).toContain("the update to build");
    expect(said).toContain("Не подошла");
  });
});
