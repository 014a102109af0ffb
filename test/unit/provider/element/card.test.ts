import { describe, expect, it } from "vitest";
import { bodyOf, openConsole, type OpenConsole, running, signal, specOf } from "./open-console.ts";
import { WRITE } from "../client.ts";

/** What it does; no spec needs to have asked for it. */
const SAID: readonly (readonly [word: string, message: RegExp])[] = [
  ["Running", /^running at https?:/],
  ["Stopped", /^stopped$/],
  ["Frozen", /^frozen$/],
];

type Row = readonly [word: string, phase: string, reason: string, power: string | undefined];

const AT_REST: readonly Row[] = [
  ["Running", "settled", "Available", "Running"],
  ["Stopped", "settled", "Stopped", "Stopped"],
  ["Frozen", "settled", "Frozen", "Frozen"],
  ["Error", "failed", "RemoteFailed", undefined],
];
const ON_THE_WAY: readonly Row[] = [
  ["Creating", "busy", "Creating", undefined],
  ["Initializing", "busy", "Creating", undefined],
  ["Starting", "busy", "Switching", undefined],
  ["Stopping", "busy", "Switching", undefined],
  ["Updating", "busy", "Updating", undefined],
];

/** The card of an application whose status the panel words so. */
async function seen(console: OpenConsole, id: string, status: string) {
  console.simulator.perform({ action: "set-status", application: id, status });
  const thing = await console.applications.get(id, signal);
  return thing ?? expect.unreachable("it is there");
}

describe("the status of an application", () => {
  it.each([...AT_REST, ...ON_THE_WAY])(
    "%s is %s, and reads %s",
    async (word, phase, reason, power) => {
      await using console = await openConsole();
      const id = await running(console);

      expect(await seen(console, id, word)).toMatchObject({
        state: word,
        phase,
        headline: { reason },
        fields: { power },
        status: { status: word },
      });
      // Older versions write it so.
      const older = await seen(console, id, word.toUpperCase());
      expect(older).toMatchObject({ phase, headline: { reason }, fields: { power } });
    },
  );

  it.each(SAID)("%s is told as what it does: %s", async (word, message) => {
    await using console = await openConsole();
    const id = await running(console);
    expect((await seen(console, id, word)).headline.message).toMatch(message);
  });

  it("may be empty between two others, and is on the way then", async () => {
    await using console = await openConsole();
    const id = await running(console);
    expect(await seen(console, id, "")).toMatchObject({
      phase: "busy",
      headline: { reason: "Updating", message: "the panel is at work on it" },
    });
  });

  it("is empty for a moment after a change where the panel is of that version", async () => {
    await using console = await openConsole({ settings: { emptyStatusBetween: true } });
    const { id } = await console.applications.create(bodyOf(specOf()), WRITE);
    const { state, phase } = await seenAsItIs(console, id);
    expect([state, phase]).toEqual(["", "busy"]);
  });

  it.each(["Molten", "RUNNING!", "constructor", "Запущено"])(
    "%s, which nobody knows, is unknown",
    async (word) => {
      await using console = await openConsole();
      const id = await running(console);
      expect(await seen(console, id, word)).toMatchObject({
        phase: "unknown",
        headline: { reason: "StateUnknown", message: `the panel says "${word}"` },
      });
    },
  );

  it.each(["Deleted", "DELETED"])("%s is an application that is gone for good", async (word) => {
    await using console = await openConsole();
    const { applications, simulator } = console;
    const id = await running(console);
    simulator.perform({ action: "set-status", application: id, status: word });
    expect(await applications.get(id, signal)).toBeUndefined();
    expect(await applications.list(signal)).toEqual([]);
  });
});

const seenAsItIs = async ({ applications }: OpenConsole, id: string) =>
  (await applications.get(id, signal)) ?? expect.unreachable("it is there");

describe("what is being done to an application", () => {
  it("takes it off its rest, whatever its status still says", async () => {
    await using console = await openConsole();
    const { applications, simulator } = console;
    const id = await running(console);
    await applications.change(id, "stop", {}, WRITE);
    simulator.perform({ action: "set-status", application: id, status: "Running" });
    expect(await seenAsItIs(console, id)).toMatchObject({
      phase: "busy",
      headline: { message: "the panel is at work on it (StopApplication)" },
      status: { currentTask: { operation: "StopApplication", status: "InProgress" } },
    });
  });

  it("is a deletion until its card is gone, although its status stays", async () => {
    await using console = await openConsole();
    const { applications, settle } = console;
    const id = await running(console);

    await expect(applications.remove(id, WRITE)).resolves.toBe(true);

    expect(await seenAsItIs(console, id)).toMatchObject({
      state: "Running",
      phase: "deleting",
      headline: { reason: "Deleting" },
    });
    settle();
    expect(await applications.get(id, signal)).toBeUndefined();
    await expect(applications.remove(id, WRITE)).resolves.toBe(false);
  });

  it("is over where the card of what was deleted stays", async () => {
    await using console = await openConsole({ settings: { showsDeleted: true } });
    const { applications, settle } = console;
    const id = await running(console);
    await applications.remove(id, WRITE);
    settle();
    expect(await applications.get(id, signal)).toBeUndefined();
    expect(await applications.list(signal)).toEqual([]);
  });

  it("leaves nothing behind once it is done", async () => {
    await using console = await openConsole();
    const id = await running(console);
    const { status, headline } = await seenAsItIs(console, id);
    expect(status["currentTask"]).toBeUndefined();
    expect(headline.message).toMatch(/^running at https:\/\/.+\/applications\/shop$/);
  });
});

describe("a new application", () => {
  it("has no address before it is ready", async () => {
    await using console = await openConsole();
    const made = await console.applications.create(bodyOf(specOf()), WRITE);
    expect(made).toMatchObject({ phase: "busy", state: "Creating", status: { uri: "" } });
    console.settle();
    const { status } = await seenAsItIs(console, made.id);
    expect(status["uri"]).toMatch(/^https:/);
  });

  it("that does not come up says why, in the panel's own words", async () => {
    await using console = await openConsole();
    const id = await running(console);
    console.simulator.perform({ action: "fail-application", application: id, error: "Нет базы" });
    expect(await seenAsItIs(console, id)).toMatchObject({
      phase: "failed",
      headline: { reason: "RemoteFailed", message: "the panel reports an error: Нет базы" },
      status: { error: "Нет базы" },
    });
  });
});
