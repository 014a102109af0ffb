import { describe, expect, it } from "vitest";
import { WRITE } from "../client.ts";
import { openConsole, running, signal } from "./open-console.ts";

const ADVICE = "publish or drop the drafts in the panel's development environment";

describe("a deletion", () => {
  it("is accepted at once, and goes on until the card is gone", async () => {
    await using console = await openConsole();
    const { applications, settle } = console;
    const id = await running(console);
    await expect(applications.remove(id, WRITE)).resolves.toBe(true);
    expect(await applications.get(id, signal)).toMatchObject({ phase: "deleting" });
    settle();
    await expect(applications.get(id, signal)).resolves.toBeUndefined();
  });

  it("may be asked for again while it goes on", async () => {
    await using console = await openConsole();
    const id = await running(console);
    await console.applications.remove(id, WRITE);
    await expect(console.applications.remove(id, WRITE)).resolves.toBe(true);
  });

  it("of what is not there is no error", async () => {
    await using console = await openConsole();
    await expect(console.applications.remove("gone", WRITE)).resolves.toBe(false);
  });

  it("is refused over unpublished drafts, and a person is told what to do about them", async () => {
    await using console = await openConsole();
    const { applications, simulator, settle } = console;
    const id = await running(console);
    simulator.perform({ action: "set-drafts", application: id, hasDrafts: true });

    const removing = applications.remove(id, WRITE);

    await expect(removing).rejects.toMatchObject({
      kind: "precondition",
      message: expect.stringMatching(`неопубликованные черновики.*${ADVICE}$`),
    });
    await expect(applications.get(id, signal)).resolves.toMatchObject({ phase: "settled" });

    simulator.perform({ action: "set-drafts", application: id, hasDrafts: false });
    await expect(applications.remove(id, WRITE)).resolves.toBe(true);
    settle();
    await expect(applications.get(id, signal)).resolves.toBeUndefined();
  });

  it("that is refused for something else has no word of drafts", async () => {
    await using console = await openConsole();
    const id = await running(console);
    console.simulator.perform({ action: "set-rights", client: "main", rights: "read-only" });
    const error: unknown = await console.applications
      .remove(id, WRITE)
      .catch((one: unknown) => one);
    expect(error).toMatchObject({ kind: "forbidden" });
    expect(String(error)).not.toContain(ADVICE);
  });

  it("that fails on the way leaves the application where it was, to be deleted again", async () => {
    await using console = await openConsole();
    const { applications, simulator, settle } = console;
    const id = await running(console);
    const operation = "DeleteApplication";
    simulator.perform({ action: "fail-next-task", operation, error: "Занято" });
    await applications.remove(id, WRITE);
    settle();
    expect(await applications.get(id, signal)).toMatchObject({ phase: "settled" });
    await applications.remove(id, WRITE);
    settle();
    await expect(applications.get(id, signal)).resolves.toBeUndefined();
  });

  it("goes with the lane of what saves money, and only with its precondition", async () => {
    await using console = await openConsole();
    const id = await running(console);
    const no = new Error("not ours any more");
    const write = { signal, precondition: () => Promise.reject(no) };
    await expect(console.applications.remove(id, write)).rejects.toBe(no);
    expect(console.sent("deleteApplication")).toEqual([]);
  });
});
