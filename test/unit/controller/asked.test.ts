import { describe, expect, it } from "vitest";
import { ELEMENT_GROUP, metadataKeys } from "../../../src/api/metadata.ts";
import { act } from "../../../src/controller/act.ts";
import type { ActContext } from "../../../src/controller/act-context.ts";
import { resourceOf } from "../../../src/controller/managed-object.ts";
import { ResourceMemory } from "../../../src/controller/memory.ts";
import { type Asked, formatAsked, parseAsked, wantedIn } from "../../../src/core/asked.ts";
import type { Action } from "../../../src/core/decision.ts";
import { KubeClient } from "../../../src/kube/client.ts";
import { KubeTransport } from "../../../src/kube/transport.ts";
import { applicationKind } from "../../../src/provider/element/application.ts";
import type { RemoteKind } from "../../../src/provider/port.ts";
import { answer, FakeApiServer, statusOf } from "../kube/fake-api-server.ts";
import { connection, objectOf, runtimeOf } from "./objects.ts";

const { signal } = new AbortController();
const CHANGE_KEY = metadataKeys(ELEMENT_GROUP).change;
const AFTER = "2026-11-23T10:00:00.000Z";

type Change = Extract<Action, { do: "change" }>;
const UPDATE: Change = {
  do: "change",
  id: "a",
  operation: "update",
  differences: [
    { field: "assemblyVersion", path: "spec.source.assemblyVersion", desired: "2", observed: "1" },
  ],
};
const ASKED: Asked = {
  operation: "update",
  wanted: wantedIn(UPDATE),
  after: "2026-11-22T10:00:00.000Z",
  time: "2026-11-22T10:00:01.000Z",
};

interface Done {
  /** What happened, in its order. */
  readonly steps: readonly string[];
  /** What was written into the annotation; null where it was taken off. */
  readonly written: unknown;
  readonly error: unknown;
}

/** Carries an action out for an application whose annotation says what was asked for before. */
async function done(
  action: Action,
  { asked, isStale = false }: { asked?: Asked; isStale?: boolean } = {},
): Promise<Done> {
  const steps: string[] = [];
  let written: unknown;
  await using server = await FakeApiServer.start((response, { body }) => {
    steps.push("write");
    written = JSON.parse(body).metadata.annotations[CHANGE_KEY];
    if (isStale) answer(response, 409, statusOf(409, "Conflict"));
    else answer(response, 200, objectOf("shop", { metadata: { resourceVersion: "2" } }));
  });
  const remote: Partial<RemoteKind> = {
    credential: "first",
    timeMark: async () => {
      steps.push("mark");
      return AFTER;
    },
    change: async (_id, operation) => {
      steps.push(operation);
    },
  };
  const account = { name: "own", connection: connection(remote) };
  const keys = metadataKeys(ELEMENT_GROUP);
  const runtime = { ...runtimeOf(applicationKind, account.connection), keys };
  const annotations = asked === undefined ? {} : { [CHANGE_KEY]: formatAsked(asked) };
  const object = objectOf("shop", { metadata: { annotations } });
  const context = {
    runtime,
    object,
    account,
    resource: resourceOf(object, { ...runtime.identification, keys }),
    memory: new ResourceMemory("shop"),
    wish: { fields: { assemblyVersion: "2" }, users: [] },
    client: new KubeClient(new KubeTransport({ kubeConfig: server.kubeConfig, userAgent: "test" })),
    now: () => 0,
    wallClock: () => new Date("2026-11-23T10:00:01Z"),
    signal,
  };
  // What the action needs is there; a reconcile has more.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const acting = act({ action, claims: [] }, context as unknown as ActContext);
  const error: unknown = await acting.then(
    () => undefined,
    (one: unknown) => one,
  );
  return { steps, written, error };
}

describe("a change whose failure shows only later", () => {
  it("is written down before it leaves, with a moment of the provider's own time", async () => {
    const { steps, written } = await done(UPDATE);
    expect(steps).toEqual(["mark", "write", "update"]);
    expect(parseAsked(String(written))).toEqual({
      operation: "update",
      wanted: wantedIn(UPDATE),
      after: AFTER,
      time: "2026-11-23T10:00:01.000Z",
    });
  });

  it("is not written anew where the same was asked for: what became of it since then counts", async () => {
    expect((await done(UPDATE, { asked: ASKED })).steps).toEqual(["update"]);
  });

  it("is written anew where something else was asked for", async () => {
    const asked = { ...ASKED, wanted: "something else" };
    expect((await done(UPDATE, { asked })).steps).toEqual(["mark", "write", "update"]);
  });

  it("is written down beside what failed before it, which would be asked for again otherwise", async () => {
    const setback = {
      operations: ["technology"],
      reason: "TechnologyNotChanged",
      message: "no",
    } as const;
    const failed = { ...ASKED, operation: "technology", setback };
    const { written } = await done(UPDATE, { asked: failed });
    expect(parseAsked(String(written))?.failedBefore).toEqual([failed]);
  });

  it("does not leave where it could not be written", async () => {
    const { steps, error } = await done(UPDATE, { isStale: true });
    expect(steps).toEqual(["mark", "write"]);
    expect(error).toMatchObject({ kind: "conflict" });
  });

  it("is written down with what became of it, once that is known", async () => {
    const setback = {
      operations: ["update"],
      reason: "UpdateRolledBack",
      message: "Ошибка",
    } as const;
    const asked = { ...ASKED, setback };
    const { steps, written } = await done({ do: "remember", asked }, { asked: ASKED });
    expect(steps).toEqual(["write"]);
    expect(parseAsked(String(written))).toEqual(asked);
  });

  it("is forgotten when it is concluded", async () => {
    const { steps, written } = await done({ do: "conclude" }, { asked: ASKED });
    expect([steps, written]).toEqual([["write"], null]);
  });
});

describe("a change that shows at once", () => {
  it("is not written down", async () => {
    const stop: Change = { do: "change", id: "a", operation: "stop", differences: [] };
    expect((await done(stop)).steps).toEqual(["stop"]);
  });
});
