import { describe, expect, it } from "vitest";
import { ELEMENT_GROUP } from "../../../src/api/metadata.ts";
import type { AccountChooser } from "../../../src/controller/account-choice.ts";
import type { AccountHolder } from "../../../src/controller/account-holder.ts";
import { keepMirrors } from "../../../src/controller/account-mirrors.ts";
import type { ManagedObject } from "../../../src/controller/managed-object.ts";
import type { RemoteThing } from "../../../src/core/observation.ts";
import { KubeClient } from "../../../src/kube/client.ts";
import { KubeTransport } from "../../../src/kube/transport.ts";
import type { Connection } from "../../../src/provider/connection.ts";
import { applicationKind } from "../../../src/provider/element/application.ts";
import { elementConsolePort } from "../../../src/provider/element/console-port.ts";
import { thing } from "../core/situations.ts";
import { answer, FakeApiServer, statusOf } from "../kube/fake-api-server.ts";
import { connection, objectOf, type Parts, runtimeOf } from "./objects.ts";

const { signal } = new AbortController();
const PORT = elementConsolePort({
  timeoutMs: 1,
  requestsPerSecond: 1,
  userAgent: "test",
  caOption: "ELEMENT_CA_FILE",
  guard: () => undefined,
  onOutcome: () => undefined,
  onTurn: () => undefined,
  onConsequences: () => undefined,
  afterFailureMs: 1,
  now: () => 0,
  random: () => 0,
  signal,
});
const PATH = `/apis/${ELEMENT_GROUP}/v1alpha1/namespaces/default/elementapplications`;
const OWNER = {
  apiVersion: `${ELEMENT_GROUP}/v1alpha1`,
  kind: "ElementConsole",
  name: "panel",
  uid: "console-uid",
};

const HERE = "https://panel.example";
/** Another console of the namespace. */
const OTHER = "other";

const consoleObject = (discover: boolean) => ({
  ...objectOf("panel", { metadata: { uid: OWNER.uid } }),
  spec: { url: HERE, clientSecretRef: { name: "client" }, discover },
});
const application = (id: string, changes: Partial<RemoteThing> = {}): RemoteThing =>
  thing(id, { label: "", fields: { publicationContext: `Shop ${id}!` }, ...changes });

/** A resource that the operator made to show one application. */
function mirrorOf(id: string, { metadata, spec }: Parts = {}): ManagedObject {
  const owned = { ownerReferences: [OWNER] };
  return objectOf(`mirror-${id}`, {
    metadata: { ...metadata, ...owned },
    spec: { managementPolicy: "ObserveOnly", adopt: { id }, ...spec },
  });
}

/** One that another console of the namespace has made for an application. */
function otherMirror(name: string): ManagedObject {
  const ownerReferences = [{ ...OWNER, uid: "another-console", name: OTHER }];
  const spec = { consoleRef: { name: OTHER }, managementPolicy: "ObserveOnly", adopt: { id: "a" } };
  const metadata = { uid: "its-mirror", ownerReferences };
  return objectOf(name, { metadata, spec });
}

interface Scene {
  /** What the panel lists. */
  readonly listed?: readonly RemoteThing[];
  /** What a GET of it finds although no list shows it. */
  readonly found?: readonly RemoteThing[];
  readonly objects?: readonly ManagedObject[];
  readonly discover?: boolean;
  readonly isLeaving?: boolean;
  readonly suspicion?: string;
  readonly answered?: number;
  /** The panel of the console `other`, which has another user there; left out, that console is not open. */
  readonly other?: string | undefined;
}

/** What was made, by name, and what was removed. */
async function kept(scene: Scene): Promise<{ made: Record<string, unknown>[]; removed: string[] }> {
  const { listed = [], found = [], objects = [], discover = true, answered = 200 } = scene;
  await using server = await FakeApiServer.start((response) =>
    answer(
      response,
      answered,
      answered === 200 ? objectOf("made") : statusOf(answered, REASONS[answered] ?? ""),
    ),
  );
  const seen = connection(
    {
      credential: "first/*",
      list: async () => listed,
      get: async (id) => [...listed, ...found].find((one) => one.id === id),
    },
    { server: HERE },
  );
  await seen.snapshots.listedSince(0);
  if (scene.suspicion !== undefined) seen.trust.doubt("somebody", scene.suspicion);
  const basis = runtimeOf(applicationKind, seen);
  const runtime = { ...basis, accounts: accountsOf(seen, scene.other) };
  for (const object of objects) runtime.store.put(object);
  const client = new KubeClient(
    new KubeTransport({ kubeConfig: server.kubeConfig, userAgent: "test" }),
  );
  const session = { connection: () => seen };
  // Of an account at work only its session counts here.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const holder = { session } as unknown as AccountHolder;
  const mirroring = {
    port: PORT,
    client,
    kinds: () => new Map([[applicationKind.kind, runtime]]),
    signal,
  };
  const account = consoleObject(discover);
  await keepMirrors(account, scene.isLeaving === true ? undefined : holder, mirroring);
  const posts = server.calls.filter(({ method }) => method === "POST");
  const deletes = server.calls.filter(({ method }) => method === "DELETE");
  expect(posts.every(({ path }) => path === PATH)).toBe(true);
  return {
    made: posts.map(({ body }) => JSON.parse(body)),
    removed: deletes.map(({ path }) => path.slice(PATH.length + 1)),
  };
}

function accountsOf(seen: Connection, server: string | undefined): AccountChooser {
  const account = { server };
  const other =
    server === undefined ? {} : { connection: connection({ credential: "second/*" }, account) };
  const isOther = ({ spec }: ManagedObject): boolean => PORT.reference.nameIn(spec) === OTHER;
  return {
    of: (object) => (isOther(object) ? other : { connection: seen }),
    connections: () => [seen],
  };
}

const REASONS: Readonly<Record<number, string>> = { 404: "NotFound", 409: "AlreadyExists" };

describe("an account that shows what is in it", () => {
  it("has a resource of its own for each thing, which only observes it", async () => {
    const { made, removed } = await kept({ listed: [application("a-1")] });
    expect(made).toEqual([
      {
        apiVersion: OWNER.apiVersion,
        kind: "ElementApplication",
        metadata: {
          name: expect.stringMatching(/^shop-a-1-[0-9a-f]{8}$/),
          ownerReferences: [OWNER],
        },
        spec: {
          consoleRef: { name: "panel" },
          adopt: { id: "a-1" },
          managementPolicy: "ObserveOnly",
          deletionPolicy: "Retain",
        },
      },
    ]);
    expect(removed).toEqual([]);
  });

  it("gives names that are fit for Kubernetes, and never the same to two things", async () => {
    const fields = { publicationContext: "Магазин" };
    const long = { publicationContext: "shop-".repeat(30) };
    const { made } = await kept({
      listed: [
        application("a", { fields }),
        application("b", { fields }),
        application("c", { fields: long }),
      ],
    });
    const names = made.map(({ metadata }) => String(Object(metadata).name));
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
  });

  it("changes nothing where all is shown", async () => {
    const scene = { listed: [application("a")], objects: [mirrorOf("a")] };
    expect(await kept(scene)).toEqual({ made: [], removed: [] });
  });

  it.each<[reason: string, object: ManagedObject]>([
    ["has recorded its id", objectOf("own", { status: { id: "a" } })],
    ["wants to take it over", objectOf("own", { spec: { adopt: { id: "a" } } })],
  ])("shows none that a person's resource stands for: it %s", async (_, own) => {
    expect(await kept({ listed: [application("a")], objects: [own] })).toEqual({
      made: [],
      removed: [],
    });
    expect(await kept({ listed: [application("a")], objects: [own, mirrorOf("a")] })).toEqual({
      made: [],
      removed: ["mirror-a"],
    });
  });

  it("shows what another account shows as well, each in its own namespace, and what is managed elsewhere", async () => {
    const owner = { ...OWNER, uid: "another-console" };
    const namespace = "other";
    const spec = { managementPolicy: "ObserveOnly", adopt: { id: "a" } };
    const metadata = { namespace, uid: "its-mirror", ownerReferences: [owner] };
    const others = [
      objectOf("its-mirror", { metadata, spec }),
      objectOf("manager", { metadata: { namespace }, status: { id: "a" } }),
    ];
    for (const object of others) {
      const { made } = await kept({ listed: [application("a")], objects: [object] });
      expect(made).toHaveLength(1);
      const all = [object, mirrorOf("a")];
      expect((await kept({ listed: [application("a")], objects: all })).removed).toEqual([]);
    }
  });

  it("leaves alone what another account of its namespace shows, so that the two never take turns", async () => {
    const owner = { ...OWNER, uid: "another-console" };
    const spec = { managementPolicy: "ObserveOnly", adopt: { id: "a" } };
    const metadata = { uid: "its-mirror", ownerReferences: [owner] };
    const object = objectOf("its-mirror", { metadata, spec });
    const scene = { listed: [application("a")], objects: [object, mirrorOf("a")] };
    expect(await kept(scene)).toEqual({ made: [], removed: [] });
  });

  it.each<[reason: string, other: string | undefined, name: string | undefined, isMade: boolean]>([
    ["another user of its panel shows, whatever it was called then", HERE, "old", false],
    [
      "is shown under the very name, while nobody can say of which panel",
      undefined,
      undefined,
      false,
    ],
    ["has the same id in another panel", "https://other.example", "old", true],
  ])("asks no more than is needed for what %s", async (_, other, name, isMade) => {
    const listed = [application("a")];
    const [first] = (await kept({ listed })).made;
    const shown = otherMirror(name ?? String(Object(first?.["metadata"]).name));
    expect(await kept({ listed, objects: [shown], other })).toEqual({
      made: isMade ? [first] : [],
      removed: [],
    });
    // As soon as the other one is gone, it is shown here.
    expect((await kept({ listed, other })).made).toEqual([first]);
  });

  it("gives way to what a person manages as another user of its panel", async () => {
    const own = objectOf("own", { spec: { consoleRef: { name: OTHER }, adopt: { id: "a" } } });
    const scene = { listed: [application("a")], objects: [own, mirrorOf("a")] };
    expect((await kept({ ...scene, other: HERE })).removed).toEqual(["mirror-a"]);
    expect((await kept({ ...scene, other: "https://other.example" })).removed).toEqual([]);
  });

  it("shows none that is on its way out", async () => {
    const listed = [application("a", { phase: "deleting" })];
    expect((await kept({ listed })).made).toEqual([]);
  });

  it("takes away what is gone, and only that: what a list alone lacks may be there", async () => {
    const objects = [mirrorOf("a"), mirrorOf("b")];
    const { removed } = await kept({ found: [application("b")], objects });
    expect(removed).toEqual(["mirror-a"]);
  });

  it.each<[reason: string, scene: Scene]>([
    ["nobody asks for it any more", { discover: false }],
    ["the account is on its way out", { isLeaving: true }],
  ])("takes all away where %s", async (_, scene) => {
    const { made, removed } = await kept({
      listed: [application("a")],
      objects: [mirrorOf("a"), objectOf("own")],
      ...scene,
    });
    expect([made, removed]).toEqual([[], ["mirror-a"]]);
  });

  it("changes nothing while the account is not to be trusted", async () => {
    const scene = { listed: [application("a")], objects: [mirrorOf("b")], suspicion: "odd" };
    expect(await kept(scene)).toEqual({ made: [], removed: [] });
  });

  it("never touches one that a person has made a resource of his own", async () => {
    const managed = mirrorOf("a", { spec: { managementPolicy: "Full" } });
    const elsewhere = mirrorOf("b", { metadata: { namespace: "other" } });
    expect(await kept({ objects: [managed, elsewhere] })).toEqual({ made: [], removed: [] });
  });

  it.each([
    ["is there already", 409, { listed: [application("a")] }],
    ["is gone already", 404, { objects: [mirrorOf("a")] }],
  ])("is content where what it makes or removes %s", async (_, answered, scene) => {
    await expect(kept({ ...scene, answered })).resolves.toBeDefined();
  });
});
