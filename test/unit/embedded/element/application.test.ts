import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SEED } from "../../../../src/embedded/element/seed.ts";
import {
  type ElementSimulator,
  startElementSimulator,
} from "../../../../src/embedded/element/simulator.ts";
import {
  API,
  APPLICATIONS,
  assemblyId,
  type Card,
  HandClock,
  PanelClient,
  shop,
} from "./panel-client.ts";

const TIMINGS = {
  creatingMs: 100,
  initializingMs: 100,
  startingMs: 100,
  stoppingMs: 100,
  updatingMs: 100,
  dumpingMs: 100,
  deletingMs: 100,
  emptyMs: 10,
};

let simulator: ElementSimulator;
let client: PanelClient;
let clock: HandClock;

beforeEach(async () => {
  clock = new HandClock();
  simulator = await startElementSimulator({ clock, timings: TIMINGS });
  client = new PanelClient(simulator);
});
afterEach(() => simulator.close());

const create = (changes: object = {}): Promise<Card> =>
  client.card("POST", APPLICATIONS, shop(simulator, changes));
const get = (id: string): Promise<Card> => client.card("GET", `${APPLICATIONS}/${id}`);
const statusOf = async (id: string): Promise<unknown> => (await get(id))["status"];
const tasks = (): Promise<Card[]> => client.list(`${API}/tasks/application-tasks`);
async function running(changes: object = {}): Promise<string> {
  const { id } = await create(changes);
  clock.advance(300);
  return id;
}
const fail = (id: string): unknown =>
  simulator.perform({ action: "fail-application", application: id, error: "Упало" });

describe("a creation", () => {
  it("answers at once; the address comes when it is ready", async () => {
    const card = await create();
    expect(card).toMatchObject({
      status: "Creating",
      uri: "",
      "display-name": "Магазин",
      description: "k8s-aaaabbbbcccc",
      "space-id": SEED.spaces.development,
      endpoint: { "context-path": "shop", active: false },
      "current-task": { "operation-type": "CreateApplication", status: "InProgress" },
    });
    const seen = [];
    for (let step = 0; step < 4; step += 1) {
      seen.push(await statusOf(card.id));
      clock.advance(100);
    }
    expect(seen).toEqual(["Creating", "Initializing", "Starting", "Running"]);
    const ready = await get(card.id);
    expect(ready["uri"]).toMatch(/^https:\/\/.+\/applications\/shop$/);
    expect(ready).not.toHaveProperty("current-task");
  });

  it("of one assembly shows that assembly as its source", async () => {
    expect(await create()).toMatchObject({
      source: {
        type: "repository",
        "project-version-id": assemblyId(simulator, "1.0-42"),
        "project-version": "1.0-42",
        "project-name": "Магазин",
      },
      project: { id: SEED.projects.shop },
    });
  });

  it("of a project takes the newest build, or comes out empty", async () => {
    const source = { type: "repository", "image-id": SEED.projects.shop };
    expect(await create({ source })).toMatchObject({ source: { "project-version": "1.0-42" } });
    simulator.perform({ action: "set-settings", emptyFromProject: true });
    const empty = await create({ source, "publication-context": "other" });
    expect(empty["source"]).not.toHaveProperty("project-version");
    expect(empty["source"]).not.toHaveProperty("project-version-id");
  });

  it("is refused where the publication context is taken by a living application", async () => {
    const id = await running();
    const { status, json } = await client.send("POST", APPLICATIONS, shop(simulator));
    expect([status, json]).toMatchObject([
      409,
      { code: 6, status: "ALREADY_EXISTS", message: "Контекст публикации «shop» уже занят" },
    ]);
    await client.send("DELETE", `${APPLICATIONS}/${id}`);
    expect(await client.status("POST", APPLICATIONS, shop(simulator))).toBe(409);
    clock.advance(100);
    expect(await client.status("POST", APPLICATIONS, shop(simulator))).toBe(200);
  });

  it.each<[string, object, number]>([
    ["an unknown assembly", { source: { type: "repository", "project-version-id": "x" } }, 5],
    ["an unknown project", { source: { type: "repository", "image-id": "x" } }, 5],
    ["no source to speak of", { source: { type: "repository" } }, 3],
    ["an unknown space", { "space-id": "x" }, 5],
    ["an unknown user list", { "user-lists": ["x"] }, 5],
    ["a DBMS that is not offered", { "dbms-type": "MSSQL" }, 3],
    ["a technology that is not offered", { "technology-version": "1.0" }, 3],
    ["an empty name", { "display-name": "" }, 3],
    ["another type of source", { source: { type: "file" } }, 3],
    ["a DBMS that is none", { "dbms-type": "Oracle" }, 3],
    ["a flag as text", { "development-mode": "false" }, 3],
    ["a null", { description: null }, 3],
    ["no name", { "display-name": undefined }, 3],
  ])("is refused with 400 for %s", async (_, changes, code) => {
    const { status, json } = await client.send("POST", APPLICATIONS, shop(simulator, changes));
    expect([status, json]).toMatchObject([400, { code }]);
    expect(simulator.panel.applications.all()).toEqual([]);
  });

  it("is refused where the space has reached its quota", async () => {
    const { development: space } = SEED.spaces;
    simulator.perform({ action: "set-quota", space, applications: 1 });
    await create();
    const body = shop(simulator, { "publication-context": "second" });
    const { status, json } = await client.send("POST", APPLICATIONS, body);
    expect([status, json]).toMatchObject([400, { code: 9, status: "FAILED_PRECONDITION" }]);
    const [first] = await client.list(`${API}/spaces`);
    expect(first).toMatchObject({ "applications-count": 1, "applications-quota": 1 });
  });

  it("that fails ends in Error, and the task says why", async () => {
    simulator.perform({
      action: "fail-next-task",
      operation: "CreateApplication",
      error: "Нет места",
    });
    const id = await running();
    expect(await get(id)).toMatchObject({ status: "Error", error: "Нет места", uri: "" });
    expect(await tasks()).toMatchObject([{ status: "Error", "error-message": "Нет места" }]);
  });
});

describe("a status", () => {
  it("is in upper case in older versions", async () => {
    simulator.perform({ action: "set-settings", upperCaseStatuses: true });
    expect(await statusOf(await running())).toBe("RUNNING");
  });

  it("may be empty for a moment between two statuses", async () => {
    simulator.perform({ action: "set-settings", emptyStatusBetween: true });
    const { id } = await create();
    const seen: unknown[] = [];
    for (const ms of [15, 85, 15, 85, 15, 85, 15]) {
      clock.advance(ms);
      seen.push(await statusOf(id));
    }
    expect(seen).toEqual(["Creating", "", "Initializing", "", "Starting", "", "Running"]);
  });

  it("can be any word", async () => {
    const application = await running();
    simulator.perform({ action: "set-status", application, status: "Hibernating" });
    expect(await statusOf(application)).toBe("Hibernating");
    simulator.perform({ action: "set-status", application, status: null });
    expect(await statusOf(application)).toBe("Running");
  });
});

describe("an order to start, stop, suspend or restore", () => {
  const order = (id: string, name: string) =>
    client.send("PUT", `${APPLICATIONS}/${id}/status/${name}`);

  it("takes its time and has a task of its own", async () => {
    const id = await running();
    const steps = [
      ["stop", "Stopping", "Stopped", "StopApplication"],
      ["start", "Starting", "Running", "StartApplication"],
      ["suspend", "Stopping", "Frozen", "SuspendApplication"],
      ["restore", "Starting", "Running", "RestoreApplication"],
    ];
    for (const [name = "", way, rest, operation] of steps) {
      const { status, json } = await order(id, name);
      const task = { "operation-type": operation, status: "InProgress" };
      expect([status, json]).toMatchObject([200, { status: way, "current-task": task }]);
      clock.advance(100);
      const { json: after } = await client.send("GET", `${APPLICATIONS}/${id}/status`);
      expect(after).toEqual({ status: rest });
    }
  });

  it("restores what was stopped as stopped", async () => {
    const id = await running();
    for (const name of ["stop", "suspend", "restore"]) {
      await order(id, name);
      clock.advance(100);
    }
    expect(await statusOf(id)).toBe("Stopped");
  });

  it.each([
    ["start", "Running"],
    ["restore", "Running"],
  ])("%s is refused where the application is %s", async (name) => {
    const { status, json } = await order(await running(), name);
    expect([status, json]).toMatchObject([400, { code: 9, status: "FAILED_PRECONDITION" }]);
  });

  it("is refused while the application is on its way", async () => {
    const { id } = await create();
    const { status, json } = await order(id, "stop");
    expect([status, json]).toMatchObject([400, { code: 9 }]);
  });

  it.each(["start", "stop", "suspend", "restore"])(
    "%s of what is in Error answers 200 and does nothing useful",
    async (name) => {
      const id = await running();
      fail(id);
      expect((await order(id, name)).status).toBe(200);
      clock.advance(100);
      expect(await get(id)).toMatchObject({ status: "Error", error: "Упало" });
    },
  );
});

describe("a deletion", () => {
  it("answers at once, and the application lives on with its task until its card is gone", async () => {
    const id = await running();
    const card = await client.card("DELETE", `${APPLICATIONS}/${id}`);
    const task = { "operation-type": "DeleteApplication", status: "InProgress" };
    expect(card).toMatchObject({ status: "Running", "current-task": task });
    clock.advance(99);
    expect(await get(id)).toMatchObject({ status: "Running", "current-task": task });
    expect(await client.status("DELETE", `${APPLICATIONS}/${id}`)).toBe(200);
    clock.advance(1);
    const { status, json } = await client.send("GET", `${APPLICATIONS}/${id}`);
    expect([status, json]).toMatchObject([404, { code: 5, status: "NOT_FOUND" }]);
    expect((await tasks()).at(-1)).toMatchObject({ "application-id": id, status: "Done" });
  });

  it("may leave the card there with status Deleted", async () => {
    simulator.perform({ action: "set-settings", showsDeleted: true });
    const id = await running();
    await client.send("DELETE", `${APPLICATIONS}/${id}`);
    clock.advance(100);
    expect(await statusOf(id)).toBe("Deleted");
    expect(await client.status("DELETE", `${APPLICATIONS}/${id}`)).toBe(404);
  });

  it("is refused where there are unpublished drafts", async () => {
    const application = await running();
    simulator.perform({ action: "set-drafts", application, hasDrafts: true });
    const { status, json } = await client.send("DELETE", `${APPLICATIONS}/${application}`);
    expect([status, json]).toMatchObject([
      400,
      { code: 9, message: expect.stringContaining("неопубликованные черновики") },
    ]);
    simulator.perform({ action: "set-drafts", application, hasDrafts: false });
    expect(await client.status("DELETE", `${APPLICATIONS}/${application}`)).toBe(200);
  });

  it("ends what the application was at", async () => {
    const { id } = await create();
    await client.send("DELETE", `${APPLICATIONS}/${id}`);
    expect(await tasks()).toMatchObject([
      { "operation-type": "CreateApplication", status: "Cancelled" },
      { "operation-type": "DeleteApplication", status: "InProgress" },
    ]);
    expect(await statusOf(id)).toBe("Creating");
    clock.advance(1_000);
    expect(await client.status("GET", `${APPLICATIONS}/${id}`)).toBe(404);
  });

  it("that fails leaves the application", async () => {
    const application = await running();
    simulator.perform({ action: "fail-next-task", application, error: "Занято" });
    await client.send("DELETE", `${APPLICATIONS}/${application}`);
    clock.advance(100);
    expect(await statusOf(application)).toBe("Running");
    expect((await tasks()).at(-1)).toMatchObject({ status: "Error", "error-message": "Занято" });
  });
});

describe("what a person does in the panel", () => {
  it("goes through whatever the application is at", async () => {
    const { id } = await create();
    fail(id);
    expect(await get(id)).toMatchObject({ status: "Error", error: "Упало" });
    expect(await tasks()).toMatchObject([{ status: "Cancelled" }]);
    clock.advance(300);
    expect(await statusOf(id)).toBe("Error");
  });

  it.each(["fail-application", "stop-application"] as const)(
    "holds up no deletion (%s)",
    async (action) => {
      const application = await running();
      simulator.perform({ action: "delete-application", application });
      if (action === "fail-application") fail(application);
      else simulator.perform({ action, application });
      clock.advance(100);
      expect(await client.status("GET", `${APPLICATIONS}/${application}`)).toBe(404);
    },
  );
});

describe("the list of applications", () => {
  async function three(): Promise<string[]> {
    const ids = [];
    for (const context of ["one", "two", "three"]) {
      ids.push(await running({ "publication-context": context }));
    }
    return ids;
  }
  const idsOf = (value: unknown): unknown[] =>
    Array.isArray(value) ? value.map((item: { id: unknown }) => item.id) : [];

  it.each(["", "?result=array", "?name=nothing", "?display-name=x&filter=y"])(
    "is a whole array with the query %o: no filter by name works",
    async (query) => {
      const ids = await three();
      expect(idsOf((await client.send("GET", `${APPLICATIONS}${query}`)).json)).toEqual(ids);
    },
  );

  it("comes in pages where it is asked for", async () => {
    const [first, second, third] = await three();
    const page = await client.card("GET", `${APPLICATIONS}?result=page&page=0&size=2`);
    expect(idsOf(page["content"])).toEqual([first, second]);
    expect(page).toMatchObject({
      totalElements: 3,
      totalPages: 2,
      first: true,
      last: false,
      size: 2,
      number: 0,
      numberOfElements: 2,
    });
    const rest = await client.card("GET", `${APPLICATIONS}?result=page&page=1&size=2`);
    expect(idsOf(rest["content"])).toEqual([third]);
    expect(rest).toMatchObject({ first: false, last: true, numberOfElements: 1 });
    const whole = await client.card("GET", `${APPLICATIONS}?result=page`);
    expect(whole).toMatchObject({ size: 25, number: 0, last: true });
  });

  it("may be cut to a page as an array as well", async () => {
    const [, second] = await three();
    const page = await client.send("GET", `${APPLICATIONS}?page=1&size=1`);
    expect(idsOf(page.json)).toEqual([second]);
    simulator.perform({ action: "set-settings", arraysArePaged: true });
    const filler = Array.from({ length: 30 }, (_, index) => `more-${index}`);
    for (const context of filler) simulator.perform({ action: "create-application", context });
    expect(await client.list(APPLICATIONS)).toHaveLength(25);
  });

  it.each(["result=tree", "page=-1", "page=x", "size=0", "deleted=no"])(
    "is refused with %s",
    async (query) => {
      const { status, json } = await client.send("GET", `${APPLICATIONS}?${query}`);
      expect([status, json]).toMatchObject([400, { code: 3, status: "INVALID_ARGUMENT" }]);
    },
  );

  it("holds the deleted as well unless it is told not to", async () => {
    const [first, second, third] = await three();
    await client.send("DELETE", `${APPLICATIONS}/${first}`);
    clock.advance(100);
    const all = await client.list(APPLICATIONS);
    expect(all.map(({ id, status }) => [id, status])).toEqual([
      [second, "Running"],
      [third, "Running"],
      [first, "Deleted"],
    ]);
    expect(idsOf(await client.list(`${APPLICATIONS}?deleted=false`))).toEqual([second, third]);
    expect(idsOf(await client.list(`${APPLICATIONS}?deleted=true`))).toEqual([first]);
  });
});
