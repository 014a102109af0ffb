import { describe, expect, it } from "vitest";
import type { Fields } from "../../../../src/core/diff.ts";
import { SEED } from "../../../../src/embedded/element/seed.ts";
import { applicationKind } from "../../../../src/provider/element/application.ts";
import { WRITE } from "../client.ts";
import { buildId, look, nextChange, wantsBuild, wishOf } from "./changing.ts";
import { openConsole, type OpenConsole, running, signal, specOf } from "./open-console.ts";

const { staff, partners } = SEED.userLists;
const API = "/console/api/v2";

/** What was sent to change something, as method, path below the application and body. */
function changesOf({ simulator }: OpenConsole, id: string): unknown[] {
  return simulator.ledger.entries
    .filter(({ source, method, operation }) => {
      const isRead = method === "GET" || operation === "signIn";
      return source === "api" && !isRead && operation !== "createApplication";
    })
    .map(({ method, path, body }) => {
      const place = path.replace(`${API}/applications/${id}/`, "").replace(API, "");
      return body === undefined ? [method, place] : [method, place, body];
    });
}

type Case = readonly [
  operation: string,
  fields: Fields,
  expected: (id: string, console: OpenConsole) => readonly unknown[],
];

const CASES: readonly Case[] = [
  ["stop", {}, () => ["PUT", "status/stop"]],
  ["start", {}, () => ["PUT", "status/start"]],
  ["suspend", {}, () => ["PUT", "status/suspend"]],
  ["restore", {}, () => ["PUT", "status/restore"]],
  ["startAutomatic", {}, () => ["POST", "actions/autostarting-processes/start"]],
  ["stopAutomatic", {}, () => ["POST", "actions/autostarting-processes/stop"]],
  [
    "backup",
    { backup: "1.0-42" },
    () => [
      "POST",
      "dumps",
      {
        "include-users": true,
        "include-binary-data": true,
        description: "before the update to 1.0-42",
      },
    ],
  ],
  [
    "update",
    wishOf(wantsBuild("1.0-10")),
    (_, console) => [
      "POST",
      "project/update",
      { source: { type: "repository", "image-id": buildId(console, "1.0-10") } },
    ],
  ],
  [
    "technology",
    { technologyVersion: "9.2.3" },
    (id) => [
      "POST",
      "/tasks/group-tasks/update-applications-technology",
      { "technology-version": "9.2.3", applications: [id] },
    ],
  ],
  [
    "userLists",
    { userLists: [staff, partners] },
    () => ["POST", "userlists", { "user-lists": [staff, partners] }],
  ],
];

const NAMING = ([400, 404] as const).flatMap((status) => [
  ["update", status, { projectVersionId: "lost" }, "Сборка lost не найдена"] as const,
  ["userLists", status, { userLists: ["lost"] }, "Список пользователей lost не найден"] as const,
  ["technology", status, { technologyVersion: "9.2.3" }, "Приложение gone не найдено"] as const,
]);

/** What is asked for first, so that an operation is possible. */
const BEFORE: ReadonlyMap<string, string> = new Map([
  ["start", "stop"],
  ["restore", "suspend"],
]);

/** An application at rest for which an operation is possible. */
async function readyFor(console: OpenConsole, operation: string): Promise<string> {
  const id = await running(console);
  const before = BEFORE.get(operation);
  if (before !== undefined) await console.applications.change(id, before, {}, WRITE);
  console.settle();
  return id;
}

describe("an operation on an application", () => {
  it.each(CASES)("%s is one request", async (operation, fields, expected) => {
    await using console = await openConsole();
    const { applications } = console;
    const id = await readyFor(console, operation);
    const earlier = changesOf(console, id).length;

    await applications.change(id, operation, fields, WRITE);

    expect(changesOf(console, id).slice(earlier)).toEqual([expected(id, console)]);
  });

  it("is one of the kind's rules, and each of those is one", () => {
    const known = CASES.map(([operation]) => operation);
    expect(known.toSorted()).toEqual(applicationKind.rules.operations.toSorted());
  });

  it.each(CASES)("%s leaves only with the precondition, asked last", async (operation, fields) => {
    await using console = await openConsole();
    const { applications } = console;
    const id = await readyFor(console, operation);
    const earlier = changesOf(console, id).length;
    const no = new Error("no longer ours");
    const write = { signal, precondition: () => Promise.reject(no) };

    await expect(applications.change(id, operation, fields, write)).rejects.toBe(no);

    expect(changesOf(console, id)).toHaveLength(earlier);
  });

  it.each(CASES)("%s of an application that is gone is an error", async (operation, fields) => {
    await using console = await openConsole();
    const changing = console.applications.change("gone", operation, fields, WRITE);
    // Several at once are asked for together, and there a missing one is a mistake of the request.
    const kind = operation === "technology" ? "invalid" : "unavailable";
    await expect(changing).rejects.toMatchObject({ name: "ProviderError", kind });
  });

  it.each(NAMING)(
    "%s that names what is not there is refused in the panel's words, as %d",
    async (operation, missingNamedAs, fields, words) => {
      await using console = await openConsole({ settings: { missingNamedAs } });
      const id = operation === "technology" ? "gone" : await running(console);
      await expect(console.applications.change(id, operation, fields, WRITE)).rejects.toMatchObject(
        {
          kind: "invalid",
          message: expect.stringMatching(new RegExp(`^[a-z ]+: ${words} \\(${missingNamedAs}\\)$`)),
        },
      );
    },
  );

  it("of an application that only its card is left of is an error that may pass", async () => {
    await using console = await openConsole({ settings: { showsDeleted: true } });
    const id = await running(console);
    console.simulator.perform({ action: "delete-application", application: id });
    console.settle();
    await expect(console.applications.change(id, "stop", {}, WRITE)).rejects.toMatchObject({
      kind: "unavailable",
      message: "stop application: it was not found",
    });
  });

  it.each(CASES)("%s of a panel that is starting up has to wait", async (operation, fields) => {
    await using console = await openConsole();
    const id = await readyFor(console, operation);
    console.simulator.perform({ action: "set-settings", startingUp: true });
    await expect(console.applications.change(id, operation, fields, WRITE)).rejects.toMatchObject({
      kind: "unavailable",
    });
  });

  it("that the application is not ready for is refused in the panel's words", async () => {
    await using console = await openConsole();
    const id = await running(console);
    await expect(console.applications.change(id, "start", {}, WRITE)).rejects.toMatchObject({
      kind: "precondition",
      message: expect.stringContaining("start application: Операция StartApplication недоступна"),
    });
  });
});

describe("user lists", () => {
  const connected = async (console: OpenConsole, id: string): Promise<unknown> =>
    (await console.applications.get(id, signal))?.fields["userLists"];

  it("that are missing are connected at once, those too many disconnected one by one", async () => {
    await using console = await openConsole();
    const id = await running(console, specOf({ userLists: [staff] }));

    await console.applications.change(id, "userLists", { userLists: [partners] }, WRITE);

    expect(changesOf(console, id)).toEqual([
      ["POST", "userlists", { "user-lists": [partners] }],
      ["DELETE", `userlists/${staff}`],
    ]);
    expect(await connected(console, id)).toEqual([partners]);
  });

  it("that are connected and wanted are left alone", async () => {
    await using console = await openConsole();
    const id = await running(console, specOf({ userLists: [staff] }));
    const both = [staff, partners];
    await console.applications.change(id, "userLists", { userLists: both }, WRITE);
    await console.applications.change(id, "userLists", { userLists: [staff] }, WRITE);
    expect(changesOf(console, id)).toEqual([
      ["POST", "userlists", { "user-lists": [partners] }],
      ["DELETE", `userlists/${partners}`],
    ]);
    expect(await connected(console, id)).toEqual([staff]);
  });

  it("are all disconnected where the spec wants none", async () => {
    await using console = await openConsole();
    const id = await running(console, specOf({ userLists: [staff, partners] }));
    await console.applications.change(id, "userLists", { userLists: [] }, WRITE);
    expect(await connected(console, id)).toEqual([]);
    expect(console.sent("connectUserLists")).toEqual([]);
  });

  it("are left as they are where the spec says nothing of them", async () => {
    await using console = await openConsole();
    const spec = specOf();
    const id = await running(console, specOf({ userLists: [staff] }));
    expect(nextChange(await look(console, id, spec), spec)).toBeUndefined();
  });

  it("of which one was disconnected meanwhile are as they shall be", async () => {
    await using console = await openConsole();
    const id = await running(console, specOf({ userLists: [staff] }));
    const [application] = console.simulator.panel.applications.all();
    const precondition = async (): Promise<void> => {
      if (application !== undefined) application.userLists = [];
    };
    const write = { signal, precondition };
    await console.applications.change(id, "userLists", { userLists: [] }, write);
    const [sent] = console.sent("disconnectUserList");
    expect(sent?.status).toBe(404);
    expect(await connected(console, id)).toEqual([]);
  });

  it("that do not exist are refused, and the others stay", async () => {
    await using console = await openConsole();
    const id = await running(console, specOf({ userLists: [staff] }));
    const wanted = { userLists: ["nobody"] };
    await expect(console.applications.change(id, "userLists", wanted, WRITE)).rejects.toMatchObject(
      {
        kind: "invalid",
      },
    );
    expect(await connected(console, id)).toEqual([staff]);
  });

  it("that name the default one are content with it, whoever chose it", async () => {
    await using console = await openConsole();
    // The default list is the panel's choice as far as this spec goes.
    const spec = specOf({ userLists: [staff, partners] });
    const id = await running(console, specOf({ defaultUserList: staff, userLists: [partners] }));

    expect(nextChange(await look(console, id, spec), spec)).toBeUndefined();

    const { applications } = console;
    await applications.change(id, "userLists", { userLists: [staff] }, WRITE);
    expect(changesOf(console, id)).toEqual([["DELETE", `userlists/${partners}`]]);
  });

  it("have the default one beside them, which is never disconnected", async () => {
    await using console = await openConsole();
    const spec = specOf({ defaultUserList: staff, userLists: [staff] });
    const id = await running(console, spec);
    expect(nextChange(await look(console, id, spec), spec)).toBeUndefined();
  });
});
