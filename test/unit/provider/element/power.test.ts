import { describe, expect, it } from "vitest";
import type { ElementApplicationSpec } from "../../../../src/api/element-application.ts";
import { decide } from "../../../../src/core/decide.ts";
import type { Decision } from "../../../../src/core/decision.ts";
import { compare, type Fields } from "../../../../src/core/diff.ts";
import { SEED } from "../../../../src/embedded/element/seed.ts";
import { applicationKind } from "../../../../src/provider/element/application.ts";
import { NOW_MS, sees, situation } from "../../core/situations.ts";
import { WRITE } from "../client.ts";
import { look, nextChange, wantsBuild, wishOf } from "./changing.ts";
import { openConsole, type OpenConsole, running, specOf } from "./open-console.ts";

type Spec = Partial<ElementApplicationSpec>;

const SHOP = { projectId: SEED.projects.shop, assemblyVersion: "1.0-42" };

/** What the rules make of an application as it is seen now. */
async function decisionOn(
  console: OpenConsole,
  id: string,
  spec: ElementApplicationSpec,
): Promise<Decision> {
  const marked = sees(await look(console, id, spec));
  const wish = { fields: wishOf(spec), users: [] };
  const kind = applicationKind.rules;
  return decide(situation({ kind, wish, observation: marked }), NOW_MS);
}

describe("what an application shall do", () => {
  it.each<[wanted: Spec["power"], now: string, operation: string | undefined]>([
    [undefined, "Running", undefined],
    [undefined, "Stopped", "start"],
    [undefined, "Frozen", "restore"],
    ["Running", "Stopped", "start"],
    ["Running", "Frozen", "restore"],
    ["Stopped", "Running", "stop"],
    ["Stopped", "Stopped", undefined],
    ["Stopped", "Frozen", "restore"],
    ["Frozen", "Running", "suspend"],
    ["Frozen", "Stopped", "suspend"],
    ["Frozen", "Frozen", undefined],
  ])("%s while it is %s means %s", async (power, now, operation) => {
    await using console = await openConsole();
    const id = await running(console);
    console.simulator.perform({ action: "set-status", application: id, status: now });
    const spec = specOf(power === undefined ? {} : { power });
    expect(nextChange(await look(console, id, spec), spec)?.operation).toBe(operation);
  });

  it("is its own business where it is only observed", async () => {
    await using console = await openConsole();
    const id = await running(console);
    console.simulator.perform({ action: "set-status", application: id, status: "Stopped" });
    const spec = specOf({ managementPolicy: "ObserveOnly" });
    expect(nextChange(await look(console, id, spec), spec)).toBeUndefined();
  });

  it("is started where an update has left it stopped", async () => {
    await using console = await openConsole({ settings: { stopsAfterUpdate: true } });
    const { applications, settle } = console;
    const spec = wantsBuild("1.0-10");
    const id = await running(console);
    await applications.change(id, "update", wishOf(spec), WRITE);
    settle();
    const stopped = await look(console, id, spec);
    expect([stopped.state, stopped.status["appliedVersion"]]).toEqual(["Stopped", "1.0-10"]);
    expect(nextChange(stopped, spec)?.operation).toBe("start");

    await applications.change(id, "start", wishOf(spec), WRITE);
    settle();

    const back = await look(console, id, spec);
    expect([back.state, nextChange(back, spec)]).toEqual(["Running", undefined]);
  });

  it("saves money where it stands still, so that goes before all else", () => {
    const saves = (power: Spec["power"]): boolean | undefined =>
      applicationKind.savesMoney?.(specOf(power === undefined ? {} : { power }));
    expect([saves("Stopped"), saves("Frozen"), saves("Running"), saves(undefined)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(applicationKind.rules.savingOperations).toEqual(["stop", "suspend"]);
  });
});

describe("the order of changes", () => {
  const { fields, operations } = applicationKind.rules;
  const OBSERVED: Fields = {
    power: "Running",
    backup: "",
    projectVersionId: "a",
    technologyVersion: "1",
    userLists: [],
    autostartingScheduledJobs: true,
    autostartingEsb: true,
  };
  const next = (wanted: Fields, observed: Fields = OBSERVED): string | undefined =>
    compare(fields, operations, wanted, observed).next?.operation;

  it.each<[reason: string, wanted: Fields, expected: string]>([
    ["stopped before anything costs more", { power: "Stopped", backup: "b" }, "stop"],
    ["a dump before the build it is made for", { backup: "b", projectVersionId: "b" }, "backup"],
    [
      "the build before the technology",
      { projectVersionId: "b", technologyVersion: "2" },
      "update",
    ],
    [
      "the technology before who may use it",
      { technologyVersion: "2", userLists: ["c"] },
      "technology",
    ],
    ["frozen last", { power: "Frozen", userLists: ["c"] }, "userLists"],
  ])("is: %s", (_, wanted, expected) => {
    expect(next(wanted)).toBe(expected);
  });

  it("is: started with what is wanted by then", () => {
    const stopped = { ...OBSERVED, power: "Stopped" };
    expect(next({ power: "Running", projectVersionId: "b" }, stopped)).toBe("update");
    expect(next({ power: "Running" }, stopped)).toBe("start");
  });

  it.each<[wanted: Spec["power"]]>([["Running"], [undefined], ["Stopped"]])(
    "is: thawed first, for a frozen application takes no other change (%s)",
    async (power) => {
      await using console = await openConsole();
      const { applications, settle } = console;
      const spec = wantsBuild("1.0-10", power === undefined ? {} : { power });
      const id = await running(console);
      await applications.change(id, "suspend", {}, WRITE);
      settle();
      const frozen = await look(console, id, spec);
      expect(frozen.state).toBe("Frozen");
      await expect(applications.change(id, "update", wishOf(spec), WRITE)).rejects.toMatchObject({
        kind: "precondition",
      });

      const done: string[] = [];
      for (let left = 4; left > 0; left -= 1) {
        const change = nextChange(await look(console, id, spec), spec);
        if (change === undefined) break;
        done.push(change.operation);
        await applications.change(id, change.operation, wishOf(spec), WRITE);
        settle();
      }

      expect(done).toEqual(
        power === "Stopped" ? ["restore", "stop", "update"] : ["restore", "update"],
      );
      expect((await look(console, id, spec)).status["appliedVersion"]).toBe("1.0-10");
    },
  );

  it.each<[what: string, changes: Spec, shown: string]>([
    ["another build", {}, 'spec.source.assemblyVersion "1.0-42" → "1.0-10"'],
    [
      "a dump for it",
      { backupBeforeUpdate: true },
      'spec.source.assemblyVersion "1.0-42" → "1.0-10"',
    ],
    [
      "another technology version",
      { source: SHOP, technologyVersion: "9.2.3" },
      'spec.technologyVersion "9.2.5" → "9.2.3"',
    ],
  ])(
    "sends nothing to what is to stay frozen, and says what to do (%s)",
    async (_, changes, shown) => {
      await using console = await openConsole();
      const id = await running(console);
      await console.applications.change(id, "suspend", {}, WRITE);
      console.settle();
      const asks = (power: Spec["power"]): Promise<Decision> =>
        decisionOn(console, id, wantsBuild("1.0-10", { ...changes, power: power ?? "Running" }));

      const { action, claims } = await asks("Frozen");

      expect(action).toEqual({ do: "nothing" });
      expect(claims).toContainEqual({
        type: "Stalled",
        status: "True",
        reason: "PreconditionFailed",
        message: `cannot be changed while it is frozen: ${shown}; set spec.power to Running until that is done, and then to Frozen again`,
      });
      expect((await asks("Running")).action).toMatchObject({ do: "change", operation: "restore" });
    },
  );

  it("changes what is on its way to be frozen before that", async () => {
    await using console = await openConsole();
    const id = await running(console);
    const spec = wantsBuild("1.0-10", { power: "Frozen" });
    const { action } = await decisionOn(console, id, spec);
    expect(action).toMatchObject({ do: "change", operation: "update" });
  });

  it("lets what is frozen be as it is wanted", async () => {
    await using console = await openConsole();
    const id = await running(console);
    await console.applications.change(id, "suspend", {}, WRITE);
    console.settle();
    const { claims } = await decisionOn(console, id, specOf({ power: "Frozen" }));
    expect(claims).toContainEqual(expect.objectContaining({ type: "Ready", reason: "Frozen" }));
  });

  it.each([
    "displayName",
    "publicationContext",
    "developmentMode",
    "spaceId",
    "dbmsType",
    "defaultUserList",
  ])("has no place for %s, which is fixed at creation", (field) => {
    const { fixed, next: change } = compare(fields, operations, { [field]: "b" }, { [field]: "a" });
    expect(fixed).toMatchObject([{ path: `spec.${field}` }]);
    expect(change).toBeUndefined();
  });
});

describe("what starts by itself", () => {
  it.each<[spec: Spec, wanted: Fields]>([
    [{}, {}],
    [{ autostartingEsb: true }, { autostartingEsb: true }],
    [
      { autostartingEsb: false, autostartingScheduledJobs: false },
      { autostartingEsb: false, autostartingScheduledJobs: false },
    ],
    // The one switch would throw both, so only a create request can set them apart.
    [{ autostartingEsb: true, autostartingScheduledJobs: false }, {}],
  ])("as %j is compared as %j", (changes, wanted) => {
    const { autostartingEsb, autostartingScheduledJobs } = wishOf(specOf(changes));
    expect({ autostartingEsb, autostartingScheduledJobs }).toEqual(wanted);
  });

  it("is switched with one switch for both", async () => {
    await using console = await openConsole();
    const { applications } = console;
    const id = await running(console);
    const spec = specOf({ autostartingEsb: false, autostartingScheduledJobs: false });
    expect(nextChange(await look(console, id, spec), spec)?.operation).toBe("stopAutomatic");
    await applications.change(id, "stopAutomatic", wishOf(spec), WRITE);
    const off = await look(console, id, spec);
    expect(off.status).toMatchObject({ autostartingEsb: false, autostartingScheduledJobs: false });
    expect(nextChange(off, spec)).toBeUndefined();
    expect(nextChange(off, specOf({ autostartingEsb: true }))?.operation).toBe("startAutomatic");
  });
});
