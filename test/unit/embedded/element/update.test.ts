import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { COMPILE_ERROR, SEED } from "../../../../src/embedded/element/seed.ts";
import {
  type ElementSimulator,
  startElementSimulator,
} from "../../../../src/embedded/element/simulator.ts";
import { NO_DELAYS } from "../../../../src/embedded/element/settings.ts";
import {
  API,
  APPLICATIONS,
  assemblyId,
  type Card,
  HandClock,
  PanelClient,
  shop,
} from "./panel-client.ts";

let simulator: ElementSimulator;
let client: PanelClient;
let clock: HandClock;
let id: string;

beforeEach(async () => {
  clock = new HandClock();
  simulator = await startElementSimulator({ clock, timings: { ...NO_DELAYS, updatingMs: 100 } });
  client = new PanelClient(simulator);
  const source = {
    type: "repository",
    "project-version-id": assemblyId(simulator, "1.0-10"),
  };
  ({ id } = await client.card("POST", APPLICATIONS, shop(simulator, { source })));
});
afterEach(() => simulator.close());

const get = (): Promise<Card> => client.card("GET", `${APPLICATIONS}/${id}`);
const tasks = (): Promise<Card[]> => client.list(`${API}/tasks/application-tasks`);
const update = (assembly: string) =>
  client.send("POST", `${APPLICATIONS}/${id}/project/update`, {
    source: { type: "repository", "image-id": assembly },
  });

/** Updates and waits until it is over. */
async function updated(assembly: string): Promise<Card> {
  await update(assembly);
  clock.advance(100);
  return get();
}

function addAssembly(fields: { compileError?: string; runtimeError?: string } = {}): string {
  const project = SEED.projects.shop;
  const action = { action: "add-assembly", project, version: "1.0-44", ...fields } as const;
  return simulator.perform(action).id ?? "";
}

describe("an update to another build", () => {
  it("takes its time, has a task, and shows the new build at its end", async () => {
    const { status, json } = await update(assemblyId(simulator, "1.0-42"));
    const task = { "operation-type": "UpdateApplication", status: "InProgress" };
    expect([status, json]).toMatchObject([200, { status: "Updating", "current-task": task }]);
    expect(json).toMatchObject({ source: { "project-version": "1.0-10" } });
    clock.advance(100);
    expect(await get()).toMatchObject({
      status: "Running",
      source: {
        "project-version": "1.0-42",
        "project-version-id": assemblyId(simulator, "1.0-42"),
      },
    });
    expect(await client.card("GET", `${APPLICATIONS}/${id}/project`)).toMatchObject({
      id: SEED.projects.shop,
      version: "1.0-42",
      title: "Магазин",
    });
  });

  it.each(["Error", "Failed"] as const)(
    "that does not compile is rolled back silently: Running, the old build, a task with %s",
    async (word) => {
      simulator.perform({ action: "set-settings", failedTaskStatus: word });
      expect(await updated(assemblyId(simulator, "1.0-43"))).toMatchObject({
        status: "Running",
        error: "",
        source: { "project-version": "1.0-10" },
      });
      expect((await tasks()).at(-1)).toMatchObject({
        "application-id": id,
        "operation-type": "UpdateApplication",
        status: word,
        "error-message": COMPILE_ERROR,
        "start-date": new Date(clock.wall() - 100).toISOString(),
        "end-date": new Date(clock.wall()).toISOString(),
      });
    },
  );

  it.each([
    ["id", "project-version-id", "project-version"],
    ["version", "project-version", "project-version-id"],
  ] as const)("may be named by the %s of its build alone", async (appliedAs, named, unnamed) => {
    simulator.perform({ action: "set-settings", appliedAs });
    const { source } = await get();
    expect(source).toHaveProperty(named);
    expect(source).not.toHaveProperty(unnamed);
  });

  it("may leave the application stopped", async () => {
    simulator.perform({ action: "set-settings", stopsAfterUpdate: true });
    expect(await updated(assemblyId(simulator, "1.0-42"))).toMatchObject({
      status: "Stopped",
      source: { "project-version": "1.0-42" },
    });
  });

  it("leaves what was stopped stopped", async () => {
    simulator.perform({ action: "stop-application", application: id });
    const after = await updated(assemblyId(simulator, "1.0-42"));
    expect(after).toMatchObject({ status: "Stopped", source: { "project-version": "1.0-42" } });
  });

  it("may put the application into Error, and a good build heals it", async () => {
    const bad = await updated(addAssembly({ runtimeError: "Нет прав на справочник" }));
    expect(bad).toMatchObject({
      status: "Error",
      error: "Нет прав на справочник",
      source: { "project-version": "1.0-44" },
    });
    const good = await updated(assemblyId(simulator, "1.0-42"));
    expect(good).toMatchObject({
      status: "Running",
      error: "",
      source: { "project-version": "1.0-42" },
    });
  });

  it("addresses assemblies by UUID only", async () => {
    for (const source of [
      { type: "repository", "project-id": SEED.projects.shop, "assembly-version": "1.0-42" },
      { type: "repository", "image-id": "1.0-42" },
      { type: "repository" },
    ]) {
      const path = `${APPLICATIONS}/${id}/project/update`;
      expect(await client.status("POST", path, { source })).toBe(400);
    }
    expect(await get()).toMatchObject({ status: "Running" });
  });

  it("can be made to fail by name, once", async () => {
    const operation = "UpdateApplication";
    simulator.perform({ action: "fail-next-task", application: id, operation, error: "Диск" });
    const wanted = assemblyId(simulator, "1.0-42");
    expect(await updated(wanted)).toMatchObject({ source: { "project-version": "1.0-10" } });
    expect(await updated(wanted)).toMatchObject({ source: { "project-version": "1.0-42" } });
    const own = (await tasks()).filter((task) => task["operation-type"] === operation);
    expect(own.map(({ status }) => status)).toEqual(["Error", "Done"]);
  });

  it("is refused while another is on its way, and where the application is frozen", async () => {
    const wanted = assemblyId(simulator, "1.0-42");
    await update(wanted);
    expect((await update(wanted)).json).toMatchObject({ code: 9 });
    clock.advance(100);
    simulator.perform({ action: "freeze-application", application: id });
    expect((await update(wanted)).json).toMatchObject({ code: 9 });
  });

  it("of the same build is a reapplication", async () => {
    const path = `${APPLICATIONS}/${id}/project/reapply`;
    expect(await client.card("POST", path)).toMatchObject({ version: "1.0-10" });
    expect(await get()).toMatchObject({
      status: "Updating",
      "current-task": { "operation-type": "ReapplyApplication" },
    });
    clock.advance(100);
    expect(await get()).toMatchObject({ status: "Running" });
  });
});

describe("the assemblies of a project", () => {
  const path = `${API}/projects/${SEED.projects.shop}/assemblies`;

  it("are listed in no order of age", async () => {
    const versions = (await client.list(path)).map((one) => one["assembly-version"]);
    expect(versions).toEqual(["1.0-10", "1.0-42", "1.0-43", "1.0-9"]);
  });

  it.each(["items", "assemblies"] as const)("may come in an object, as %s", async (name) => {
    const list = await client.list(path);
    simulator.perform({ action: "set-settings", assembliesAs: name });
    expect((await client.send("GET", path)).json).toEqual({ [name]: list });
  });

  it("are there from the moment they are built", async () => {
    const added = addAssembly();
    expect(await client.list(path)).toContainEqual(
      expect.objectContaining({
        id: added,
        "assembly-version": "1.0-44",
        "project-version": "1.0",
      }),
    );
  });
});

describe("an update of the technology", () => {
  const group = (version: string, applications: string[]) =>
    client.card("POST", `${API}/tasks/group-tasks/update-applications-technology`, {
      "technology-version": version,
      applications,
    });
  const followed = (task: string): Promise<Card> =>
    client.card("GET", `${API}/tasks/group-tasks/${task}`);

  beforeEach(async () => {
    simulator.perform({ action: "set-settings", technologyVersions: ["9.2.3", "9.2.5", "9.3.1"] });
    await get();
  });

  it("moves each application through Updating", async () => {
    const task = await group("9.3.1", [id]);
    expect(task).toMatchObject({
      status: "InProgress",
      "total-count": "1",
      "any-failure": "false",
    });
    expect(await get()).toMatchObject({ status: "Updating", "technology-version": "9.2.5" });
    expect((await tasks()).at(-1)).toMatchObject({
      "group-id": task.id,
      "operation-type": "UpdateApplicationTechnologyVersion",
    });
    clock.advance(100);
    expect(await followed(task.id)).toMatchObject({ status: "Done", "completed-count": "1" });
    expect(await get()).toMatchObject({ status: "Running", "technology-version": "9.3.1" });
    expect(await client.card("GET", `${APPLICATIONS}/${id}/technology`)).toEqual({
      "technology-version": "9.3.1",
      "date-updated": new Date(clock.wall()).toISOString(),
    });
  });

  it("that fails leaves the old version, and the group says so", async () => {
    const brokenTechnologies = { "9.3.1": "Несовместимая версия" };
    simulator.perform({ action: "set-settings", brokenTechnologies });
    const task = await group("9.3.1", [id]);
    clock.advance(100);
    expect(await followed(task.id)).toMatchObject({
      status: "Error",
      "any-failure": "true",
      "completed-count": "0",
      "error-message": "Несовместимая версия",
      tasks: [{ status: "Error", "group-id": task.id }],
    });
    expect(await get()).toMatchObject({ status: "Running", "technology-version": "9.2.5" });
  });

  it("fails for one that is at something else, and not for the others", async () => {
    const other = simulator.perform({ action: "create-application" }).id ?? "";
    await update(assemblyId(simulator, "1.0-42"));
    const task = await group("9.3.1", [id, other]);
    clock.advance(100);
    expect(await followed(task.id)).toMatchObject({
      status: "Error",
      "completed-count": "1",
      "total-count": "2",
    });
    expect(await get()).toMatchObject({ "technology-version": "9.2.5" });
  });

  it.each([
    [{ "technology-version": "1.0", applications: ["{id}"] }, 3],
    [{ "technology-version": "9.3.1", applications: ["x"] }, 5],
    [{ "technology-version": "9.3.1" }, 3],
    [{ applications: ["{id}"] }, 3],
  ])("is refused with %o", async (body, code) => {
    const path = `${API}/tasks/group-tasks/update-applications-technology`;
    const wanted: unknown = JSON.parse(JSON.stringify(body).replace("{id}", id));
    const { status, json } = await client.send("POST", path, wanted);
    expect([status, json]).toMatchObject([400, { code }]);
  });

  it("that nobody knows is not found", async () => {
    expect(await client.status("GET", `${API}/tasks/group-tasks/x`)).toBe(404);
  });
});
