import { describe, expect, it } from "vitest";
import { type Asked, wordOfWish } from "../../../../src/core/asked.ts";
import type { ElementApplicationSpec as Spec } from "../../../../src/api/element-application.ts";
import { BROKEN_VERSION, COMPILE_ERROR, SEED } from "../../../../src/embedded/element/seed.ts";
import { WRITE } from "../client.ts";
import { askNext, buildId, look, nextChange, wantsBuild, wishOf } from "./changing.ts";
import { openConsole, type OpenConsole, running, signal, specOf } from "./open-console.ts";

const BROKEN = wantsBuild(BROKEN_VERSION);
const { shop } = SEED.projects;

/** Another application, whose tasks are its own. */
const neighbour = specOf({ publicationContext: "neighbour" });

function fail({ simulator, settle }: OpenConsole, application: string, version: string): void {
  const { id: assembly = "" } = simulator.perform({
    action: "add-assembly",
    project: shop,
    version,
    compileError: `${version} не собирается`,
  });
  simulator.perform({ action: "update-application", application, assembly });
  settle();
}

describe("an update of an application", () => {
  it("has come about when the applied build is the wanted one", async () => {
    await using console = await openConsole();
    const spec = wantsBuild("1.0-10");
    const id = await running(console);

    const asked = await askNext(console, id, spec);
    const onTheWay = await look(console, id, spec, asked);
    console.settle();
    const done = await look(console, id, spec, asked);

    expect(onTheWay).toMatchObject({ phase: "busy", headline: { reason: "Updating" } });
    expect(done).toMatchObject({ phase: "settled", status: { appliedVersion: "1.0-10" } });
    expect([done.setback, nextChange(done, spec)]).toEqual([undefined, undefined]);
  });

  it("that the spec names by the build's id has come about by that id", async () => {
    await using console = await openConsole();
    const spec = specOf({ source: { projectVersionId: buildId(console, "1.0-10") } });
    const id = await running(console);
    const asked = await askNext(console, id, spec);
    console.settle();
    expect(nextChange(await look(console, id, spec, asked), spec)).toBeUndefined();
  });

  it.each<[shown: "id" | "version", source: (console: OpenConsole) => NonNullable<Spec["source"]>]>(
    [
      ["version", (console) => ({ projectVersionId: buildId(console, "1.0-10") })],
      ["id", () => ({ projectId: shop, assemblyVersion: "1.0-10" })],
    ],
  )(
    "has come about where the card names the applied build by its %s alone, and the spec by the other",
    async (appliedAs, sourceOf) => {
      await using console = await openConsole({ settings: { appliedAs } });
      const spec = specOf({ source: sourceOf(console) });
      const id = await running(console);
      const asked = await askNext(console, id, spec);
      console.settle();

      expect(nextChange(await look(console, id, spec, asked), spec)).toBeUndefined();

      const lookUps = console.sent("listAssemblies").length;
      expect(nextChange(await look(console, id, spec, asked), spec)).toBeUndefined();
      expect(console.sent("listAssemblies"), "builds do not change").toHaveLength(lookUps);
      // An application without a build has none that could be looked up.
      const [application] = console.simulator.panel.applications.all();
      if (application !== undefined) application.build = undefined;
      expect(nextChange(await look(console, id, spec), spec)?.operation).toBe("update");
    },
  );

  it.each(["Error", "Failed"] as const)(
    "that was rolled back is told with the compiler's message, the task being %s",
    async (failedTaskStatus) => {
      await using console = await openConsole({ settings: { failedTaskStatus } });
      const id = await running(console);

      const asked = await askNext(console, id, BROKEN);
      console.settle();
      const back = await look(console, id, BROKEN, asked);

      // The panel itself shows nothing of it.
      expect(back).toMatchObject({ phase: "settled", state: "Running" });
      expect(back.status["appliedVersion"]).toBe("1.0-42");
      expect(back.setback).toEqual({
        operations: ["update"],
        reason: "UpdateRolledBack",
        message: expect.stringContaining(
          `the update to build ${BROKEN_VERSION} failed, and the panel went back to 1.0-42: ${COMPILE_ERROR}; put another into the spec`,
        ),
      });
      expect(nextChange(back, BROKEN), "it is not asked for again").toBeUndefined();
    },
  );

  it("that was rolled back is told with the beginning of a compiler's message of any length", async () => {
    await using console = await openConsole();
    const { simulator, settle } = console;
    const compileError = "Ошибка компиляции модуля 😀 ".repeat(1_000);
    simulator.perform({ action: "add-assembly", project: shop, version: "1.0-50", compileError });
    const spec = wantsBuild("1.0-50");
    const id = await running(console);

    const asked = await askNext(console, id, spec);
    settle();

    const { setback } = await look(console, id, spec, asked);
    expect(setback?.message).toContain("went back to 1.0-42: Ошибка компиляции модуля 😀 Ошибка");
  });

  it.each(["settled", "failed"] as const)(
    "that is under way by its task alone is waited for, also by a process that did not ask for it (%s)",
    async (phase) => {
      await using console = await openConsole();
      const { simulator, clock } = console;
      const spec = wantsBuild("1.0-10");
      const id = await running(console);
      const asked = await askNext(console, id, spec);
      const [application] = simulator.panel.applications.all();
      if (application === undefined) return expect.unreachable("there is one");
      const { job } = application;
      // Accepted, and not taken up: the card shows nothing of it yet.
      application.job = undefined;
      if (phase === "failed") application.rest = "Error";
      const successor = { ...console, applications: console.reopened() };

      expect(await look(successor, id, spec, asked)).toMatchObject({
        phase: "busy",
        headline: { reason: "Updating", message: "the panel is at work on the update to 1.0-10" },
      });

      // What began later shows that it is over, whatever is said of it.
      if (job === undefined) return expect.unreachable("it was updating");
      const startedAt = new Date(clock.wall() + 1).toISOString();
      simulator.panel.tasks.set("later", { ...job.task, id: "later", startedAt, status: "Done" });
      expect((await look(successor, id, spec, asked)).phase).toBe(phase);
    },
  );

  it("that was rolled back is told with the build by the name that the card has for it", async () => {
    await using console = await openConsole({ settings: { appliedAs: "id" } });
    const id = await running(console);
    const asked = await askNext(console, id, BROKEN);
    console.settle();
    const { setback } = await look(console, id, BROKEN, asked);
    expect(setback?.message).toContain(`went back to ${buildId(console, "1.0-42")}: `);
  });

  it("that was rolled back does not stand in the way of another build", async () => {
    await using console = await openConsole();
    const id = await running(console);
    const asked = await askNext(console, id, BROKEN);
    console.settle();

    const spec = wantsBuild("1.0-10");
    const thing = await look(console, id, spec, asked);

    expect(thing.setback).toBeUndefined();
    expect(nextChange(thing, spec)?.operation).toBe("update");
  });

  it("is not blamed for what failed before it was asked for", async () => {
    await using console = await openConsole();
    const id = await running(console);
    fail(console, id, "0.9-1");

    const asked = await askNext(console, id, BROKEN);
    const early = await look(console, id, BROKEN, asked);
    console.settle();
    const late = await look(console, id, BROKEN, asked);

    expect(early.setback).toBeUndefined();
    expect(late.setback?.message).toContain(COMPILE_ERROR);
    expect(late.setback?.message).not.toContain("0.9-1 не собирается");
  });

  it("that was never begun is not blamed for an older failure of the same build", async () => {
    await using console = await openConsole();
    const id = await running(console);
    const before = await askNext(console, id, BROKEN);
    console.settle();
    const after = await console.applications.timeMark?.(id, "update", signal);

    const asked = { ...before, after: after ?? "" };

    expect((await look(console, id, BROKEN, asked)).setback).toBeUndefined();
  });

  it("is not blamed for what failed of another application", async () => {
    await using console = await openConsole();
    const id = await running(console);
    const other = await running(console, neighbour);
    const after = (await console.applications.timeMark?.(id, "update", signal)) ?? "";
    const wanted = wordOfWish([["assemblyVersion", "1.0-10"]]);
    const asked = { operation: "update", wanted, after, time: "" };
    console.clock.advance(1);
    fail(console, other, "0.9-2");

    expect((await look(console, id, wantsBuild("1.0-10"), asked)).setback).toBeUndefined();
  });

  it("is not blamed for another kind of task that failed since", async () => {
    await using console = await openConsole();
    const { applications, simulator, settle } = console;
    const id = await running(console);
    const asked = await askNext(console, id, wantsBuild("1.0-10"));
    settle();
    for (const [operation, type] of [
      ["stop", "StopApplication"],
      ["backup", "CreateApplicationDump"],
      ["technology", "UpdateApplicationTechnologyVersion"],
    ] as const) {
      simulator.perform({ action: "fail-next-task", operation: type, error: "другое" });
      await applications.change(id, operation, { backup: "x", technologyVersion: "9.2.3" }, WRITE);
      settle();
    }
    // As if the build had not been applied after all.
    const [application] = simulator.panel.applications.all();
    if (application !== undefined) application.build = undefined;

    expect((await look(console, id, wantsBuild("1.0-10"), asked)).setback).toBeUndefined();
  });

  it("asks nobody where the application is at rest and as it is wanted", async () => {
    await using console = await openConsole();
    const id = await running(console);
    await look(console, id);
    expect(console.sent("listApplicationTasks")).toEqual([]);
    expect(console.sent("listDumps")).toEqual([]);
  });

  it("asks for the tasks once for all who look at the same time", async () => {
    await using console = await openConsole();
    const ids = [await running(console), await running(console, neighbour)];
    const asked: Asked[] = [];
    for (const id of ids) asked.push(await askNext(console, id, BROKEN));
    console.settle();
    const before = console.sent("listApplicationTasks").length;

    const seen = await Promise.all(ids.map((id, index) => look(console, id, BROKEN, asked[index])));

    expect(seen.map(({ setback }) => setback?.reason)).toEqual([
      "UpdateRolledBack",
      "UpdateRolledBack",
    ]);
    // One may have begun before the other asked; then that one waits for the next.
    expect(console.sent("listApplicationTasks").length - before).toBeLessThanOrEqual(2);
  });
});

describe("an application in error", () => {
  it("is told with the message of the task that failed last", async () => {
    await using console = await openConsole();
    const { simulator, applications, settle } = console;
    const id = await running(console);
    for (const error of ["первая", "последняя"]) {
      simulator.perform({ action: "fail-next-task", application: id, error });
      await applications.change(id, "stop", {}, WRITE);
      settle();
    }
    simulator.perform({ action: "set-status", application: id, status: "Error" });

    expect(await look(console, id)).toMatchObject({
      phase: "failed",
      headline: { reason: "RemoteFailed", message: "the panel reports an error: последняя" },
    });
  });

  it("costs no request as long as the list shows it as it was: the tasks have said why", async () => {
    await using console = await openConsole();
    const { simulator, applications, settle } = console;
    const id = await running(console);
    simulator.perform({ action: "set-status", application: id, status: "Error" });
    const words = async (): Promise<string | undefined> => {
      const [thing] = await applications.list(signal);
      if (thing === undefined) return expect.unreachable("it is listed");
      const interest = { wanted: wishOf(specOf()) };
      return (await applications.elaborate?.(thing, interest, signal))?.headline.message;
    };
    expect(await words()).toContain("no reason given");
    simulator.perform({ action: "fail-next-task", application: id, error: "первая" });
    await applications.change(id, "backup", { backup: "x" }, WRITE);
    settle();
    expect(await words()).toContain("первая");
    const asked = console.sent("listApplicationTasks").length;

    expect([await words(), await words()]).toEqual(Array(2).fill(await words()));

    expect(console.sent("listApplicationTasks")).toHaveLength(asked);
    simulator.perform({ action: "fail-next-task", application: id, error: "вторая" });
    await applications.change(id, "backup", { backup: "x" }, WRITE);
    settle();
    simulator.perform({ action: "rename-application", application: id, displayName: "иначе" });
    expect(await words()).toContain("вторая");
  });

  it("is told with the card's own words where no task failed", async () => {
    await using console = await openConsole();
    const id = await running(console);
    console.simulator.perform({ action: "fail-application", application: id, error: "Упало" });
    const { headline } = await look(console, id);
    expect(headline.message).toBe("the panel reports an error: Упало");
  });

  it("is told with the beginning of the card's words, however many they are", async () => {
    await using console = await openConsole();
    const id = await running(console);
    const error = "Упало при запуске ".repeat(1_000);
    console.simulator.perform({ action: "fail-application", application: id, error });
    const { headline, status } = await look(console, id);
    expect(headline.message).toMatch(/^the panel reports an error: Упало при запуске Упало/);
    expect(status["error"]).toMatch(/^Упало при запуске Упало/);
  });

  it("is not told with a task that failed long before something else put it there", async () => {
    await using console = await openConsole();
    const { simulator, applications, settle, clock } = console;
    const broken = { project: shop, version: "1.0-50", runtimeError: "Нет таблицы" };
    simulator.perform({ action: "add-assembly", ...broken });
    const id = await running(console);
    simulator.perform({ action: "fail-next-task", application: id, error: "давно" });
    await applications.change(id, "backup", { backup: "x" }, WRITE);
    settle();
    clock.advance(1);

    await askNext(console, id, wantsBuild("1.0-50"));
    settle();

    const { headline } = await look(console, id, wantsBuild("1.0-50"));
    expect(headline.message).toBe("the panel reports an error: Нет таблицы");

    // Where the panel says nothing better, it is told all the same.
    const [application] = simulator.panel.applications.all();
    if (application !== undefined) application.error = "";
    expect((await look(console, id)).headline.message).toContain("давно");
  });

  it("that a build of its own has put there may be mended by another", async () => {
    await using console = await openConsole();
    const { simulator, settle } = console;
    const broken = { project: shop, version: "1.0-50", runtimeError: "Нет таблицы" };
    simulator.perform({ action: "add-assembly", ...broken });
    const id = await running(console);
    const asked = await askNext(console, id, wantsBuild("1.0-50"));
    settle();
    const failed = await look(console, id, wantsBuild("1.0-50"), asked);
    expect(failed).toMatchObject({ phase: "failed", status: { appliedVersion: "1.0-50" } });

    const again = wantsBuild("1.0-42");
    await askNext(console, id, again, asked);
    settle();

    expect(await look(console, id, again)).toMatchObject({ phase: "settled", state: "Running" });
  });
});
