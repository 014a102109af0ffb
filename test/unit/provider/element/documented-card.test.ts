import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ApplicationStatusSchema } from "../../../../src/api/element-application-status.ts";
import type { RemoteThing } from "../../../../src/core/observation.ts";
import { AnsweringServer, json } from "../answering-server.ts";
import { AnswerJudge, type Node, nodeOf } from "../../embedded/simulator/answer-judge.ts";
import { openConsole, signal } from "./open-console.ts";

const CONTRACT: unknown = JSON.parse(
  readFileSync(
    new URL("../../../../src/contracts/element-console-v2.openapi.json", import.meta.url),
    "utf8",
  ),
);
const APPLICATIONS = "/console/api/v2/applications";

/** Every property of the vendor's `GetApplicationResponse`, each with a value that stands nowhere else. */
const CARD = {
  id: "3f1c0a52-0000-4000-8000-000000000001",
  name: "shop-name",
  "display-name": "Магазин",
  description: "Продажи k8s-aaaabbbbcccc",
  status: "Running",
  "autostarting-scheduled-jobs": true,
  "autostarting-esb": false,
  "development-mode": true,
  debugging: false,
  project: { id: "3f1c0a52-0000-4000-8000-000000000002" },
  "dbms-type": "Postgres",
  source: {
    "project-version-id": "3f1c0a52-0000-4000-8000-000000000003",
    "project-name": "Проект «Магазин»",
    type: "repository",
    "image-id": "3f1c0a52-0000-4000-8000-000000000004",
    "project-version": "1.0-42",
  },
  uri: "https://apps.element.example/applications/shop",
  "default-user-list": "3f1c0a52-0000-4000-8000-000000000005",
  "user-lists": [
    { id: "3f1c0a52-0000-4000-8000-000000000005", presentation: "Все" },
    { id: "3f1c0a52-0000-4000-8000-000000000006", presentation: "Сотрудники" },
  ],
  "date-created": "2026-11-23T10:00:00Z",
  "space-id": "3f1c0a52-0000-4000-8000-000000000007",
  "current-task": {
    id: "3f1c0a52-0000-4000-8000-000000000008",
    status: "Done",
    "operation-type": "UpdateApplication",
    "start-date": "2026-11-23T10:00:01Z",
    "end-date": "2026-11-23T10:00:02Z",
  },
  endpoint: {
    id: "3f1c0a52-0000-4000-8000-000000000009",
    fqdn: "apps.element.example",
    "context-path": "/shop",
    active: true,
  },
  "technology-version": "9.2.5",
  error: "последняя ошибка",
};

/** By property of the contract: what the status shows of it. */
const SHOWN: Readonly<Record<string, readonly [field: string, value: unknown]>> = {
  name: ["name", CARD.name],
  "display-name": ["displayName", "Магазин"],
  description: ["description", "Продажи"],
  status: ["status", "Running"],
  "autostarting-scheduled-jobs": ["autostartingScheduledJobs", true],
  "autostarting-esb": ["autostartingEsb", false],
  "development-mode": ["developmentMode", true],
  debugging: ["debugging", false],
  "project.id": ["projectId", CARD.project.id],
  "dbms-type": ["dbmsType", "Postgres"],
  "source.project-version-id": ["projectVersionId", CARD.source["project-version-id"]],
  "source.project-name": ["projectName", CARD.source["project-name"]],
  "source.type": ["sourceType", "repository"],
  "source.project-version": ["appliedVersion", "1.0-42"],
  uri: ["uri", CARD.uri],
  "default-user-list": ["defaultUserList", CARD["default-user-list"]],
  "user-lists": ["userLists", CARD["user-lists"].map(({ id }) => id)],
  "date-created": ["createdAt", CARD["date-created"]],
  "space-id": ["spaceId", CARD["space-id"]],
  "current-task.id": ["currentTask.id", CARD["current-task"].id],
  "current-task.status": ["currentTask.status", "Done"],
  "current-task.operation-type": ["currentTask.operation", "UpdateApplication"],
  "current-task.start-date": ["currentTask.startedAt", CARD["current-task"]["start-date"]],
  "current-task.end-date": ["currentTask.endedAt", CARD["current-task"]["end-date"]],
  "endpoint.fqdn": ["fqdn", "apps.element.example"],
  "endpoint.context-path": ["publicationContext", "shop"],
  "technology-version": ["technologyVersion", "9.2.5"],
  error: ["error", CARD.error],
};

/** By property of the contract: why the status does not show it. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  id: "it is status.id, which the operator writes for every kind",
  "source.image-id": "the same build again, under the name that the storage has for it",
  "endpoint.id": "no request takes it",
  "endpoint.active": "whether the application can be reached, its status says",
};

/** As `source.project-version`; what the contract says nothing more of is one property. */
function leavesOf(schema: Node, path = ""): string[] {
  const { properties } = schema;
  if (properties === undefined) return [path];
  return Object.entries(nodeOf(properties)).flatMap(([name, inner]) =>
    leavesOf(nodeOf(inner), path === "" ? name : `${path}.${name}`),
  );
}

function at(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((node, key) => nodeOf(node)[key], value);
}

async function seenInList(card: object): Promise<RemoteThing> {
  const page = { totalElements: 1, totalPages: 1, last: true, first: true, content: [card] };
  await using server = await AnsweringServer.start((response, received) => {
    const body = received.path.startsWith(APPLICATIONS) ? page : { id_token: "a.b.c", id: "user" };
    json(200, body)(response, received);
  });
  await using console = await openConsole({ url: server.url });
  const [thing] = await console.applications.list(signal);
  return thing ?? expect.unreachable("nothing was listed");
}

describe("the vendor's answer to GET /console/api/v2/applications", () => {
  const judge = new AnswerJudge(CONTRACT);
  const schema = judge.schema("GET", `${APPLICATIONS}/{ApplicationId}`);
  const leaves = leavesOf(schema);

  it("is as this example has it, which leaves nothing out", async () => {
    expect(await judge.verdict("GET", APPLICATIONS, JSON.stringify([CARD]))).toBe("described");
    const missing = leaves.filter((path) => at(CARD, path) === undefined);
    expect(missing).toEqual([]);
  });

  it("is shown in the status, but for what has a reason", () => {
    expect([...Object.keys(SHOWN), ...Object.keys(LEFT_OUT)].toSorted(byText)).toEqual(
      leaves.toSorted(byText),
    );
    for (const reason of Object.values(LEFT_OUT)) expect(reason).not.toBe("");
  });

  it.each(Object.entries(SHOWN))("%s is shown as %j", async (_, [field, value]) => {
    const { status } = await seenInList(CARD);
    expect(at(status, field)).toEqual(value);
  });

  it("fits into the status that the CRD has, and leaves none of its fields empty", async () => {
    const { status } = await seenInList(CARD);
    // The operator's own, and what is read by other requests.
    const own = new Set([
      "observedGeneration",
      "id",
      "seenWith",
      "account",
      "conditions",
      "dumps",
      "lastHandledReconcileAt",
    ]);
    const fields = Object.keys(ApplicationStatusSchema.properties).filter(
      (field) => !own.has(field),
    );
    expect(Object.keys(status).toSorted(byText)).toEqual(fields.toSorted(byText));
  });

  it("is compared with a spec field by field", async () => {
    const { id, label, phase, state, fields, usedBy, headline } = await seenInList(CARD);
    expect({ id, label, phase, state, usedBy }).toEqual({
      id: CARD.id,
      label: CARD.description,
      phase: "settled",
      state: "Running",
      usedBy: [],
    });
    expect(headline).toEqual({ reason: "Available", message: `running at ${CARD.uri}` });
    expect(fields).toEqual({
      power: "Running",
      displayName: "Магазин",
      publicationContext: "shop",
      developmentMode: true,
      spaceId: CARD["space-id"],
      dbmsType: "Postgres",
      defaultUserList: CARD["default-user-list"],
      // The default one cannot be disconnected, so it is none of those that are.
      userLists: ["3f1c0a52-0000-4000-8000-000000000006"],
      technologyVersion: "9.2.5",
      autostartingScheduledJobs: true,
      autostartingEsb: false,
      projectVersionId: CARD.source["project-version-id"],
      assemblyVersion: "1.0-42",
    });
  });

  it("says nothing of its build where it lacks its source; one without a build has none that is wanted", async () => {
    const { source: _, ...unsaid } = CARD;
    const { fields } = await seenInList(unsaid);
    expect([fields["projectVersionId"], fields["assemblyVersion"]]).toEqual([undefined, undefined]);
    const empty = await seenInList({ ...CARD, source: { type: "repository" } });
    expect(empty.fields).toMatchObject({ projectVersionId: "", assemblyVersion: "" });
  });

  it.each(Object.keys(CARD).filter((name) => name !== "id"))(
    "may lack %s: then nothing is said of it, and the rest is read",
    async (name) => {
      const card = Object.fromEntries(Object.entries(CARD).filter(([key]) => key !== name));
      const { id, status } = await seenInList(card);
      expect(id).toBe(CARD.id);
      for (const [property, [field]] of Object.entries(SHOWN)) {
        const isOfIt = property === name || property.startsWith(`${name}.`);
        const [top = ""] = field.split(".");
        if (isOfIt) expect(status[top] ?? "").toBe("");
      }
    },
  );
});

function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}
