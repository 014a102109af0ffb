import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SEED } from "../../../../src/embedded/element/seed.ts";
import {
  type ElementSimulator,
  startElementSimulator,
} from "../../../../src/embedded/element/simulator.ts";
import { NO_DELAYS } from "../../../../src/embedded/element/settings.ts";
import { API, APPLICATIONS, HandClock, PanelClient, shop } from "./panel-client.ts";

let simulator: ElementSimulator;
let client: PanelClient;
let clock: HandClock;
let path: string;

beforeEach(async () => {
  clock = new HandClock();
  simulator = await startElementSimulator({ clock, timings: { ...NO_DELAYS, dumpingMs: 100 } });
  client = new PanelClient(simulator);
  const { id } = await client.card("POST", APPLICATIONS, shop(simulator));
  path = `${APPLICATIONS}/${id}`;
});
afterEach(() => simulator.close());

describe("processes that start by themselves", () => {
  it("are switched on and off both at once", async () => {
    for (const [name, isOn] of [["stop", false] as const, ["start", true] as const]) {
      const card = await client.card("POST", `${path}/actions/autostarting-processes/${name}`);
      expect(card).toMatchObject({
        "autostarting-scheduled-jobs": isOn,
        "autostarting-esb": isOn,
      });
    }
  });
});

describe("user lists", () => {
  const { staff, partners } = SEED.userLists;

  it("are connected beside those that are, and disconnected one by one", async () => {
    const lists = `${path}/userlists`;
    const answer = await client.send("POST", lists, { "user-lists": [staff] });
    expect([answer.status, answer.json]).toEqual([200, { "user-lists": [staff] }]);
    await client.send("POST", lists, { "user-lists": [partners, staff] });
    expect((await client.send("GET", lists)).json).toEqual({ "user-lists": [staff, partners] });
    expect(await client.card("GET", path)).toMatchObject({
      "user-lists": [
        { id: staff, presentation: "Сотрудники" },
        { id: partners, presentation: "Партнеры" },
      ],
    });
    const { json } = await client.send("DELETE", `${lists}/${staff}`);
    expect(json).toEqual({ "user-lists": [partners] });
    expect(await client.status("DELETE", `${lists}/${staff}`)).toBe(404);
  });

  it("that nobody knows are refused", async () => {
    const body = { "user-lists": ["x"] };
    const { status, json } = await client.send("POST", `${path}/userlists`, body);
    expect([status, json]).toMatchObject([400, { code: 5 }]);
    expect(await client.status("POST", `${path}/userlists`, { "user-lists": "x" })).toBe(400);
  });

  it("are listed as an array or in pages", async () => {
    expect(await client.list(`${API}/user-lists`)).toHaveLength(2);
    const page = await client.card("GET", `${API}/user-lists?result=page&size=1`);
    expect(page).toMatchObject({ totalElements: 2, content: [{ id: staff }] });
  });
});

describe("a dump", () => {
  const create = () => client.send("POST", `${path}/dumps`, { description: "до обновления" });

  it("takes a while, and is done", async () => {
    const { status, json } = await create();
    expect([status, json]).toMatchObject([201, { status: "InProgress" }]);
    expect(await client.card("GET", path)).toMatchObject({
      status: "Running",
      "current-task": { "operation-type": "CreateApplicationDump" },
    });
    expect((await create()).json).toMatchObject({ code: 9 });
    clock.advance(100);
    const [dump] = await client.list(`${path}/dumps`);
    expect(dump).toMatchObject({ status: "Done", description: "до обновления" });
    expect(await client.card("GET", `${path}/dumps/${dump?.id}`)).toEqual(dump);
    const answer = await client.send("DELETE", `${path}/dumps/${dump?.id}`);
    expect([answer.status, answer.text]).toEqual([204, ""]);
    expect(await client.status("GET", `${path}/dumps/${dump?.id}`)).toBe(404);
  });

  it("may fail", async () => {
    const operation = "CreateApplicationDump";
    simulator.perform({ action: "fail-next-task", operation, error: "Нет места" });
    await create();
    clock.advance(100);
    expect(await client.list(`${path}/dumps`)).toMatchObject([{ status: "Error" }]);
  });
});

describe("spaces, projects and DBMS types", () => {
  it("are listed and shown", async () => {
    const { development } = SEED.spaces;
    expect(await client.list(`${API}/spaces`)).toHaveLength(2);
    expect(await client.card("GET", `${API}/spaces?result=page`)).toMatchObject({
      totalElements: 2,
    });
    expect(await client.card("GET", `${API}/spaces/${development}`)).toMatchObject({
      name: "Разработка",
      "applications-count": 1,
    });
    expect(await client.list(`${API}/projects`)).toHaveLength(2);
    expect(await client.card("GET", `${API}/projects/${SEED.projects.shop}`)).toMatchObject({
      name: "Магазин",
      "default-image": { version: "1.0-42", "application-count": 1 },
    });
    expect(await client.list(`${API}/dbms/types`)).toEqual([
      { type: "Postgres" },
      { type: "File" },
    ]);
    for (const unknown of ["spaces/x", "projects/x", "projects/x/assemblies"]) {
      expect(await client.status("GET", `${API}/${unknown}`)).toBe(404);
    }
  });
});

describe("tasks", () => {
  it("of all applications are in one list, and each has a card", async () => {
    simulator.perform({ action: "create-application" });
    const list = await client.list(`${API}/tasks/application-tasks?application-id=nothing`);
    expect(new Set(list.map((task) => task["application-id"])).size).toBe(2);
    const [first] = list;
    const one = `${API}/tasks/application-tasks/${first?.id}`;
    expect(await client.card("GET", one)).toEqual(first);
    expect(await client.status("GET", `${API}/tasks/application-tasks/x`)).toBe(404);
  });
});
