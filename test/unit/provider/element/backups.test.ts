import { describe, expect, it } from "vitest";
import { BROKEN_VERSION } from "../../../../src/embedded/element/seed.ts";
import { Answer } from "../../../../src/provider/answer.ts";
import { dumpFor } from "../../../../src/provider/element/dumps.ts";
import { WRITE } from "../client.ts";
import { askNext, look, nextChange, wantsBuild } from "./changing.ts";
import { openConsole, running, signal, specOf } from "./open-console.ts";

const SAFE = wantsBuild("1.0-10", { backupBeforeUpdate: true });

describe("a dump before an update", () => {
  it("comes first, and is waited for", async () => {
    await using console = await openConsole();
    const id = await running(console);
    expect(nextChange(await look(console, id, SAFE), SAFE)?.operation).toBe("backup");

    const asked = await askNext(console, id, SAFE);

    const underWay = await look(console, id, SAFE, asked);
    expect(underWay).toMatchObject({ phase: "busy", headline: { reason: "BackingUp" } });
    const [dump] = console.simulator.panel.dumps.values();
    expect(dump).toMatchObject({
      status: "InProgress",
      description: "before the update to 1.0-10",
      includesUsers: true,
      includesBinaryData: true,
    });
  });

  it("that is done is followed by the update, and made no second time", async () => {
    await using console = await openConsole();
    const id = await running(console);
    const backup = await askNext(console, id, SAFE);
    console.settle();
    const backed = await look(console, id, SAFE, backup);
    expect(nextChange(backed, SAFE)?.operation).toBe("update");

    const update = await askNext(console, id, SAFE, backup);
    console.settle();

    const done = await look(console, id, SAFE, update);
    expect([done.status["appliedVersion"], nextChange(done, SAFE)]).toEqual(["1.0-10", undefined]);
    expect(console.simulator.panel.dumps.size).toBe(1);
    expect(done.status["dumps"]).toMatchObject([
      { status: "Done", description: "before the update to 1.0-10", sizeBytes: 1_048_576 },
    ]);
  });

  it.each(["Error", "Failed"] as const)(
    "that failed holds the update up, and is told; its status may also be %s",
    async (failedTaskStatus) => {
      await using console = await openConsole({ settings: { failedTaskStatus } });
      const id = await running(console);
      const operation = "CreateApplicationDump";
      console.simulator.perform({ action: "fail-next-task", operation, error: "Нет места" });

      const asked = await askNext(console, id, SAFE);
      console.settle();
      const thing = await look(console, id, SAFE, asked);

      expect(thing).toMatchObject({
        phase: "settled",
        setback: {
          operations: ["backup", "update"],
          reason: "BackupFailed",
          message: expect.stringContaining(
            "before the update to 1.0-10 failed, so it is not updated",
          ),
        },
      });
      expect(nextChange(thing, SAFE)).toBeUndefined();
    },
  );

  it("that was made for it earlier does not count: the data have changed since", async () => {
    await using console = await openConsole();
    const { applications, settle, clock } = console;
    const id = await running(console);
    await applications.change(id, "backup", { backup: "1.0-10" }, WRITE);
    settle();
    const after = (await applications.timeMark?.(id, "backup", signal)) ?? "";
    const wanted = JSON.stringify([["backup", "1.0-10"]]);
    const asked = { operation: "backup", wanted, after, time: "" };
    expect(nextChange(await look(console, id, SAFE, asked), SAFE)?.operation).toBe("backup");

    clock.advance(1);
    await applications.change(id, "backup", { backup: "1.0-10" }, WRITE);
    settle();

    expect(nextChange(await look(console, id, SAFE, asked), SAFE)?.operation).toBe("update");
  });

  it("that was made for another build, or by a person, is none for this one", async () => {
    await using console = await openConsole();
    const { applications, settle } = console;
    const id = await running(console);
    const after = (await applications.timeMark?.(id, "backup", signal)) ?? "";
    console.clock.advance(1);
    await applications.change(id, "backup", { backup: "1.0-9" }, WRITE);
    settle();
    const wanted = JSON.stringify([["backup", "1.0-10"]]);

    const thing = await look(console, id, SAFE, { operation: "backup", wanted, after, time: "" });

    expect(thing.fields["backup"]).toBe("");
    expect(nextChange(thing, SAFE)?.operation).toBe("backup");
  });

  it("is not made where the build is in place already", async () => {
    await using console = await openConsole();
    const spec = wantsBuild("1.0-42", { backupBeforeUpdate: true });
    const id = await running(console, spec);
    expect(nextChange(await look(console, id, spec), spec)).toBeUndefined();
  });

  it("is not made again for an update that was rolled back", async () => {
    await using console = await openConsole();
    const spec = wantsBuild(BROKEN_VERSION, { backupBeforeUpdate: true });
    const id = await running(console);
    const backup = await askNext(console, id, spec);
    console.settle();
    const update = await askNext(console, id, spec, backup);
    console.settle();

    const thing = await look(console, id, spec, update);

    expect(thing.setback?.reason).toBe("UpdateRolledBack");
    expect(nextChange(thing, spec)).toBeUndefined();
    expect(console.simulator.panel.dumps.size).toBe(1);
  });

  it("shows the last five in the status, the newest first, and is asked for once at rest", async () => {
    await using console = await openConsole();
    const { applications, settle } = console;
    const spec = specOf({ backupBeforeUpdate: true });
    const id = await running(console, spec);
    for (const build of ["a", "b", "c", "d", "e", "f"]) {
      await applications.change(id, "backup", { backup: build }, WRITE);
      settle();
    }
    const { status } = await look(console, id, spec);
    expect(status["dumps"]).toMatchObject(
      ["f", "e", "d", "c", "b"].map((build) => ({ description: `before the update to ${build}` })),
    );
    const asked = console.sent("listDumps").length;

    await look(console, id, spec);

    expect(console.sent("listDumps")).toHaveLength(asked);
  });
});

describe("where a dump stands", () => {
  const before = "2026-11-23T10:00:00Z";
  it.each<[dump: object, is: string | undefined]>([
    [{ status: "InProgress" }, "under way"],
    [{ status: "DONE" }, "done"],
    [{ status: "FAILED" }, "failed"],
    // No word for a dump that is done is documented; one that has a file is.
    [{ status: "Готов", "application-file-ref": "dumps/a/application.zip" }, "done"],
    [{ status: "Ready", "application-file-ref": "" }, "under way"],
    [{ status: "Error", "application-file-ref": "dumps/a/application.zip" }, "failed"],
    [{ status: "Done", "date-created": before }, undefined],
    [{ status: "Done", description: "before the update to 1.0-1" }, undefined],
  ])("%j is %s", (changes, is) => {
    const dump = {
      id: "a",
      description: "before the update to 1.0-10",
      "date-created": "2026-11-23T10:00:01Z",
      ...changes,
    };
    expect(dumpFor([new Answer(dump, "list dumps")], "1.0-10", before)?.is).toBe(is);
  });
});
