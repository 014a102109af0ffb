import { describe, expect, it } from "vitest";
import { AnsweringServer, json } from "../answering-server.ts";
import { WRITE } from "../client.ts";
import { openConsole, type OpenConsole, running, signal, specOf } from "./open-console.ts";

/** One more than fits on a page. */
const MANY = 1_001;

/** As people make them in the panel. */
function fill({ simulator, settle }: OpenConsole, count: number): void {
  for (let index = 0; index < count; index += 1)
    simulator.perform({ action: "create-application", context: `app-${index}` });
  settle();
}

/** The queries of all lists that were asked for. */
async function queriesOf(
  pages: readonly object[],
  longestPage = Infinity,
): Promise<{ queries: string[]; error: unknown }> {
  const lists: string[] = [];
  await using server = await AnsweringServer.start((response, received) => {
    const [path, query = ""] = received.path.split("?");
    const isList = path === "/console/api/v2/applications";
    if (isList) lists.push(query);
    const number = Number(new URLSearchParams(query).get("page"));
    if (isList && Number(new URLSearchParams(query).get("size")) > longestPage)
      return json(400, { code: 3, message: "size must be at most 100" })(response, received);
    json(200, isList ? pages[number] : { id_token: "a.b.c", id: "user" })(response, received);
  });
  await using console = await openConsole({ url: server.url });
  const error: unknown = await console.applications.list(signal).then(
    () => undefined,
    (one: unknown) => one,
  );
  return { queries: lists, error };
}

const card = (id: string): object => ({ id, status: "Running", description: "" });

describe("the list of applications", () => {
  it("is asked for page by page, the first being 0, without those that are deleted", async () => {
    const { queries, error } = await queriesOf([{ totalElements: 1, content: [card("a")] }]);
    expect(error).toBeUndefined();
    expect(queries).toEqual(["deleted=false&result=page&size=1000&page=0"]);
  });

  it("has pages of a hundred where the panel takes no longer ones", async () => {
    const pages = [{ totalElements: 1, content: [card("a")] }];

    const { queries, error } = await queriesOf(pages, 100);

    expect(error).toBeUndefined();
    expect(queries.map((query) => new URLSearchParams(query).get("size"))).toEqual(["1000", "100"]);
  });

  it("is complete over several pages", async () => {
    await using console = await openConsole();
    fill(console, MANY);

    const things = await console.applications.list(signal);

    expect(new Set(things.map(({ id }) => id)).size).toBe(MANY);
    // Twice: what is deleted while pages are turned moves another to a page that was read already.
    expect(console.sent("listApplications")).toHaveLength(4);
  });

  it("follows the panel where its pages are shorter than was asked for", async () => {
    const { queries, error } = await queriesOf([
      { totalElements: 3, content: [card("a"), card("b")] },
      { totalElements: 3, content: [card("c")] },
    ]);
    expect(error).toBeUndefined();
    expect(queries.map((query) => new URLSearchParams(query).get("page"))).toEqual([
      "0",
      "1",
      "0",
      "1",
    ]);
  });

  it.each<[string, object[]]>([
    [
      "has fewer than it counts",
      [
        { totalElements: 2, content: [card("a")] },
        { totalElements: 2, content: [] },
      ],
    ],
    ["has more than it counts", [{ totalElements: 0, content: [card("a")] }]],
    ["counts nothing", [{ content: [card("a")] }]],
    ["has no entries", [{ totalElements: 0 }]],
    ["has one entry twice", [{ totalElements: 2, content: [card("a"), card("a")] }]],
    ["is an array", [[card("a")]]],
    ["has an entry without an id", [{ totalElements: 1, content: [{ status: "Running" }] }]],
    ["has an id that is no path", [{ totalElements: 1, content: [card("../me")] }]],
  ])("that %s is an error, never a list", async (_, pages) => {
    const { error } = await queriesOf(pages);
    expect(error).toMatchObject({ name: "ProviderError", kind: "unavailable" });
  });

  it.each(["body", "connection"] as const)(
    "of which half is lost with the %s is an error",
    async (how) => {
      await using console = await openConsole();
      fill(console, 3);
      const effect = { kind: "cut-body", how } as const;
      console.simulator.faults.add({ match: { operation: "listApplications" }, effect });
      await expect(console.applications.list(signal)).rejects.toMatchObject({
        kind: "unavailable",
      });
    },
  );

  it("has no deleted one, although older panels list them", async () => {
    await using console = await openConsole();
    const { applications, simulator } = console;
    const id = await running(console);
    simulator.perform({ action: "set-status", application: id, status: "Deleted" });
    expect(await applications.list(signal)).toEqual([]);
  });

  it("has those on their way out, until they are gone", async () => {
    await using console = await openConsole();
    const { applications, settle } = console;
    const id = await running(console);
    await applications.remove(id, WRITE);
    expect(await applications.list(signal)).toMatchObject([{ id, phase: "deleting" }]);
    settle();
    expect(await applications.list(signal)).toEqual([]);
  });

  it("shows of an application what its card shows", async () => {
    await using console = await openConsole();
    const id = await running(console, specOf({ developmentMode: true }));
    const [listed] = await console.applications.list(signal);
    expect(listed).toEqual(await console.applications.get(id, signal));
  });

  it("counts them by status for the console", async () => {
    await using console = await openConsole();
    fill(console, 3);
    const [first] = await console.applications.list(signal);
    console.simulator.perform({ action: "stop-application", application: first?.id ?? "" });
    console.settle();

    await console.applications.list(signal);

    expect(console.client.remarks.status).toEqual({
      applications: {
        total: 3,
        byStatus: [
          { status: "Running", count: 2 },
          { status: "Stopped", count: 1 },
        ],
      },
    });
  });
});
