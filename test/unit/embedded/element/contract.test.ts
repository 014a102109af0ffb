import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPERATIONS } from "../../../../src/embedded/element/operations.ts";
import { SEED } from "../../../../src/embedded/element/seed.ts";
import { NO_DELAYS } from "../../../../src/embedded/element/settings.ts";
import {
  type ElementSimulator,
  startElementSimulator,
} from "../../../../src/embedded/element/simulator.ts";
import { AnswerJudge } from "../simulator/answer-judge.ts";
import { API, APPLICATIONS, assemblyId, PanelClient, shop } from "./panel-client.ts";

const CONTRACT = new URL(
  "../../../../src/contracts/element-console-v2.openapi.json",
  import.meta.url,
);
const V2 = API;
const ONE = `${V2}/applications/{ApplicationId}`;

let simulator: ElementSimulator;
let client: PanelClient;
let judge: AnswerJudge;

beforeAll(async () => {
  simulator = await startElementSimulator({ timings: NO_DELAYS });
  client = new PanelClient(simulator);
  judge = new AnswerJudge(JSON.parse(await readFile(CONTRACT, "utf8")));
});
afterAll(() => simulator.close());

type Asked = readonly [method: string, path: string, url: string, body?: unknown];

/** Every operation that answers something, in an order in which each can succeed. */
async function requests(): Promise<Asked[]> {
  const { id } = await client.card("POST", APPLICATIONS, shop(simulator));
  const second = shop(simulator, {
    "publication-context": "second",
    "user-lists": [SEED.userLists.staff],
    "default-user-list": SEED.userLists.partners,
  });
  const card = `${APPLICATIONS}/${id}`;
  const dump = await client.card("POST", `${card}/dumps`, {});
  const [task] = await client.list(`${V2}/tasks/application-tasks`);
  const groups = `${V2}/tasks/group-tasks`;
  const technology = { "technology-version": "9.2.3", applications: [id] };
  const order = `${groups}/update-applications-technology`;
  const group = await client.card("POST", order, technology);
  const source = { type: "repository", "image-id": assemblyId(simulator, "1.0-43") };
  const { shop: project } = SEED.projects;
  const power = ["stop", "start", "suspend", "restore"].map((name): Asked => [
    "PUT",
    `${ONE}/status/${name}`,
    `${card}/status/${name}`,
  ]);
  const autostarting = ["start", "stop"].map((name): Asked => {
    const path = `actions/autostarting-processes/${name}`;
    return ["POST", `${ONE}/${path}`, `${card}/${path}`];
  });
  return [
    ["GET", `${V2}/me`, `${V2}/me`],
    ["POST", APPLICATIONS, APPLICATIONS, second],
    ["GET", APPLICATIONS, APPLICATIONS],
    ["GET", APPLICATIONS, `${APPLICATIONS}?result=page`],
    ["GET", ONE, card],
    ["GET", `${ONE}/status`, `${card}/status`],
    ...power,
    ...autostarting,
    ["GET", `${ONE}/project`, `${card}/project`],
    ["POST", `${ONE}/project/update`, `${card}/project/update`, { source }],
    ["POST", `${ONE}/project/reapply`, `${card}/project/reapply`],
    ["GET", `${ONE}/technology`, `${card}/technology`],
    ["POST", `${ONE}/userlists`, `${card}/userlists`, { "user-lists": [SEED.userLists.staff] }],
    ["GET", `${ONE}/userlists`, `${card}/userlists`],
    ["DELETE", `${ONE}/userlists/{UserListId}`, `${card}/userlists/${SEED.userLists.staff}`],
    ["POST", `${ONE}/dumps`, `${card}/dumps`, { "include-users": true }],
    ["GET", `${ONE}/dumps`, `${card}/dumps`],
    ["GET", `${ONE}/dumps/{dumpsId}`, `${card}/dumps/${dump.id}`],
    ["GET", `${V2}/tasks/application-tasks`, `${V2}/tasks/application-tasks`],
    ["GET", `${V2}/tasks/application-tasks/{taskId}`, `${V2}/tasks/application-tasks/${task?.id}`],
    ["POST", order, order, technology],
    ["GET", `${groups}/{taskId}`, `${groups}/${group.id}`],
    ["GET", `${V2}/spaces`, `${V2}/spaces`],
    ["GET", `${V2}/spaces`, `${V2}/spaces?result=page`],
    ["GET", `${V2}/spaces/{SpaceId}`, `${V2}/spaces/${SEED.spaces.development}`],
    ["GET", `${V2}/projects`, `${V2}/projects`],
    ["GET", `${V2}/projects/{ProjectId}`, `${V2}/projects/${project}`],
    ["GET", `${V2}/projects/{ProjectId}/assemblies`, `${V2}/projects/${project}/assemblies`],
    ["GET", `${V2}/user-lists`, `${V2}/user-lists`],
    ["GET", `${V2}/user-lists`, `${V2}/user-lists?result=page`],
    ["GET", `${V2}/dbms/types`, `${V2}/dbms/types`],
    ["DELETE", ONE, card],
  ];
}

describe("the contract of the Element panel", () => {
  it("has an operation of the simulator for each of its own, and no other", () => {
    expect(Object.keys(OPERATIONS).toSorted()).toEqual(judge.operations().toSorted());
    expect(judge.operations()).toHaveLength(35);
  });

  it("describes every answer", async () => {
    const asked = new Set<string>();
    for (const [method, path, url, body] of await requests()) {
      const { status, text } = await client.send(method, url, body);
      expect([200, 201], `${method} ${url}: ${text}`).toContain(status);
      expect(text, url).not.toBe("[]");
      const verdict = await judge.verdict(method, path, text);
      expect(verdict, `${method} ${url} answered ${text}`).toBe("described");
      asked.add(`${method} ${path}`);
    }
    const token = await client.askToken();
    expect(await judge.verdict("POST", "/console/sys/token", token.text)).toBe("described");
    const unasked = judge.operations().filter((operation) => !asked.has(operation));
    expect(unasked).toEqual(["POST /console/sys/token", `DELETE ${ONE}/dumps/{dumpsId}`]);
  });

  it("knows every field of every answer", async () => {
    simulator.perform({ action: "create-application", context: "third" });
    for (const [path, url] of [
      [APPLICATIONS, APPLICATIONS],
      [`${V2}/tasks/application-tasks`, `${V2}/tasks/application-tasks`],
      [`${V2}/spaces`, `${V2}/spaces`],
      [`${V2}/projects`, `${V2}/projects`],
    ] as const) {
      const schema: unknown = judge.schema("GET", path);
      const known = JSON.stringify(schema);
      const [first] = await client.list(url);
      for (const field of Object.keys(first ?? {})) expect(known).toContain(`"${field}":`);
    }
  });
});

describe("a body that is not as the contract says", () => {
  it.each<[string, string, RequestInit]>([
    ["no JSON", "application/json", { body: "{" }],
    ["nothing", "application/json", {}],
    ["another type", "text/plain", { body: "{}" }],
    ["a list", "application/json", { body: "[]" }],
    ["a type more than it needs", "application/json; charset=utf-8", { body: '{"source":1}' }],
  ])("gets 400 for %s", async (_, type, init) => {
    const authorization = `Bearer ${await client.signIn()}`;
    const headers = { authorization, "content-type": type };
    const url = `${simulator.url}${APPLICATIONS}`;
    const response = await fetch(url, { method: "POST", headers, ...init });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { code: 3, status: "INVALID_ARGUMENT" },
    ]);
  });

  it("gets 400 with the place of each mistake", async () => {
    const wanted = shop(simulator, { "development-mode": 1, "user-lists": [7] });
    const { json } = await client.send("POST", APPLICATIONS, wanted);
    expect(json).toMatchObject({
      details: expect.stringMatching(/\/development-mode .+; \/user-lists\/0 /),
    });
  });

  it("may hold what the contract does not know", async () => {
    const wanted = shop(simulator, { "publication-context": "odd", colour: "red" });
    expect(await client.status("POST", APPLICATIONS, wanted)).toBe(200);
  });

  it("is not judged for a stranger", async () => {
    const { status } = await new PanelClient(simulator).use(null).send("POST", APPLICATIONS, {});
    expect(status).toBe(401);
  });
});
