import { describe, expect, it } from "vitest";
import { wordOfWish } from "../../../../src/core/asked.ts";
import { WRITE } from "../client.ts";
import { askNext, look, nextChange, wishOf } from "./changing.ts";
import { openConsole, running, signal, specOf } from "./open-console.ts";

const OLD = specOf({ technologyVersion: "9.2.3" });
const NEW = specOf({ technologyVersion: "9.2.5" });

describe("another technology version", () => {
  it("is read from the card, and asked for as a group task of one application", async () => {
    await using console = await openConsole();
    const id = await running(console, OLD);
    expect((await look(console, id, OLD)).status["technologyVersion"]).toBe("9.2.3");
    expect(nextChange(await look(console, id, NEW), NEW)?.operation).toBe("technology");

    const asked = await askNext(console, id, NEW);
    const onTheWay = await look(console, id, NEW, asked);
    console.settle();
    const done = await look(console, id, NEW, asked);

    expect(onTheWay).toMatchObject({ phase: "busy", headline: { reason: "Updating" } });
    expect(done.status["technologyVersion"]).toBe("9.2.5");
    expect([done.setback, nextChange(done, NEW)]).toEqual([undefined, undefined]);
  });

  it("whose group is still under way is waited for, although the card is at rest", async () => {
    await using console = await openConsole();
    const id = await running(console, OLD);
    const asked = await askNext(console, id, NEW);
    const [application] = console.simulator.panel.applications.all();
    if (application !== undefined) application.job = undefined;

    expect(await look(console, id, NEW, asked)).toMatchObject({
      state: "Running",
      phase: "busy",
      headline: { reason: "Updating", message: "the panel is changing its technology version" },
    });
  });

  it("is waited for by a process that did not ask for it, too", async () => {
    await using console = await openConsole();
    const id = await running(console, OLD);
    const asked = await askNext(console, id, NEW);
    const [application] = console.simulator.panel.applications.all();
    if (application !== undefined) application.job = undefined;

    const successor = { ...console, applications: console.reopened() };

    expect((await look(successor, id, NEW, asked)).phase).toBe("busy");
  });

  it.each(["Error", "Failed"] as const)(
    "that failed is told with the group's message, its status being %s, and not asked for again",
    async (failedTaskStatus) => {
      const brokenTechnologies = { "9.2.5": "Несовместимая версия" };
      await using console = await openConsole({ settings: { failedTaskStatus } });
      const id = await running(console, OLD);
      console.simulator.perform({ action: "set-settings", brokenTechnologies });

      const asked = await askNext(console, id, NEW);
      console.settle();
      const thing = await look(console, id, NEW, asked);

      expect(thing).toMatchObject({
        phase: "settled",
        status: { technologyVersion: "9.2.3" },
        setback: {
          operations: ["technology"],
          reason: "TechnologyNotChanged",
          message: expect.stringContaining("was not changed: Несовместимая версия"),
        },
      });
      expect(nextChange(thing, NEW)).toBeUndefined();
    },
  );

  it("that failed is told with the beginning of a message of any length", async () => {
    const brokenTechnologies = { "9.2.5": "Несовместимая версия ".repeat(1_000) };
    await using console = await openConsole({ settings: { brokenTechnologies } });
    const id = await running(console, OLD);
    const asked = await askNext(console, id, NEW);
    console.settle();
    const { setback } = await look(console, id, NEW, asked);
    expect(setback?.message).toContain("was not changed: Несовместимая версия Несовместимая");
  });

  it("whose tasks have all ended is over, whatever the panel calls their group then", async () => {
    const brokenTechnologies = { "9.2.5": "Несовместимая версия" };
    await using console = await openConsole({ settings: { brokenTechnologies } });
    const id = await running(console, OLD);
    const asked = await askNext(console, id, NEW);
    console.settle();
    const [group] = console.simulator.panel.groupTasks.values();
    const ended = { id: "a", status: "Error", "end-date": "2026-11-23T10:00:00Z" };
    const body = { id: group?.id, status: "ЕстьОшибки", "any-failure": "true", tasks: [ended] };
    console.simulator.faults.add({
      match: { operation: "getGroupTask" },
      effect: { kind: "status", status: 200, body },
    });

    const { phase, setback } = await look(console, id, NEW, asked);

    expect([phase, setback?.reason]).toEqual(["settled", "TechnologyNotChanged"]);
  });

  it("that failed is told by a process that did not ask for it, too", async () => {
    const brokenTechnologies = { "9.2.5": "Несовместимая версия" };
    await using console = await openConsole();
    const id = await running(console, OLD);
    console.simulator.perform({ action: "set-settings", brokenTechnologies });
    const asked = await askNext(console, id, NEW);
    console.settle();

    // Of the same panel, and with nothing in its memory.
    const successor = { ...console, applications: console.reopened() };

    expect((await look(successor, id, NEW, asked)).setback?.message).toContain("Несовместимая");
  });

  it("is not blamed for a group that failed before, where its own request did not get through", async () => {
    const brokenTechnologies = { "9.2.5": "Несовместимая версия" };
    await using console = await openConsole();
    const id = await running(console, OLD);
    console.simulator.perform({ action: "set-settings", brokenTechnologies });
    await askNext(console, id, NEW);
    console.settle();
    const operation = "updateApplicationsTechnology";
    const effect = { kind: "status", status: 503 } as const;
    console.simulator.faults.add({ match: { operation }, effect });
    const spec = specOf({ technologyVersion: "9.1.14" });
    const after = (await console.applications.timeMark?.(id, "technology", signal)) ?? "";
    const changing = console.applications.change(id, "technology", wishOf(spec), WRITE);
    await expect(changing).rejects.toMatchObject({ kind: "unavailable" });

    const wanted = wordOfWish([["technologyVersion", "9.1.14"]]);
    const thing = await look(console, id, spec, {
      operation: "technology",
      wanted,
      after,
      time: "",
    });

    expect(thing.setback).toBeUndefined();
    expect(nextChange(thing, spec)?.operation).toBe("technology");
  });

  it("that the panel does not offer is refused at once, in its words", async () => {
    await using console = await openConsole();
    const id = await running(console, OLD);
    const spec = specOf({ technologyVersion: "1.0" });
    await expect(askNext(console, id, spec)).rejects.toMatchObject({
      kind: "invalid",
      message: expect.stringContaining("Версия технологии 1.0 недоступна"),
    });
  });
});
