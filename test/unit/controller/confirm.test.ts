import { describe, expect, it } from "vitest";
import type { ActContext } from "../../../src/controller/act-context.ts";
import { type ManagedObject, resourceOf } from "../../../src/controller/managed-object.ts";
import { ResourceMemory } from "../../../src/controller/memory.ts";
import { confirm } from "../../../src/controller/preconditions.ts";
import { KubeClient } from "../../../src/kube/client.ts";
import { KubeTransport } from "../../../src/kube/transport.ts";
import { fingerprintOf } from "../../../src/provider/fingerprint.ts";
import { instanceKind } from "../../../src/provider/hpc-park/instance.ts";
import { tokenKind } from "../../../src/provider/hpc-park/token.ts";
import { answer, FakeApiServer } from "../kube/fake-api-server.ts";
import { KEYS, objectOf, readyStatus, runtimeOf } from "./objects.ts";

const { signal } = new AbortController();
const LEAVING = { deletionTimestamp: "2026-01-01T00:00:00Z" };
const secretRef = { name: "ci-token", key: "token" };

interface State {
  readonly isDeleting?: boolean;
  readonly isProtected?: boolean;
  readonly generation?: number;
}

function objectIn({
  isDeleting = true,
  isProtected = false,
  generation = 1,
}: State): ManagedObject {
  return objectOf("train", {
    metadata: { generation, ...(isDeleting ? LEAVING : {}) },
    spec: { deletionProtection: isProtected, secretRef },
    status: readyStatus(17),
  });
}

/** @param heldId Whose value the Secret holds; left out for a kind without values. */
async function confirmed(
  id: string,
  { decided, found, heldId }: { decided: State; found: State; heldId?: string },
): Promise<"sent" | "conflict" | "failed"> {
  const secret = {
    metadata: {
      annotations: { [KEYS.holds]: `${heldId} ${fingerprintOf("value")}` },
      ownerReferences: [{ uid: "train" }],
    },
    data: { token: Buffer.from("value").toString("base64") },
  };
  await using server = await FakeApiServer.start((response, { path }) =>
    answer(response, 200, path.includes("/secrets/") ? secret : objectIn(found)),
  );
  const runtime = heldId === undefined ? runtimeOf(instanceKind) : runtimeOf(tokenKind);
  const object = objectIn(decided);
  const context = {
    runtime,
    object,
    resource: resourceOf(object, runtime.identification),
    memory: new ResourceMemory("train"),
    client: new KubeClient(new KubeTransport({ kubeConfig: server.kubeConfig, userAgent: "test" })),
    keepsake: heldId === undefined ? undefined : { kept: { wallClockMs: 0 } },
    wallClock: () => new Date(0),
    signal,
  };
  // What it asks for is there; a reconcile has more.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return await confirm(id, context as unknown as ActContext).then(
    () => "sent",
    (error: unknown) => (Object(error).kind === "conflict" ? "conflict" : "failed"),
  );
}

const PROTECTED = { isProtected: true };
const ALIVE = { isDeleting: false };

describe("a request to delete whose turn has come", () => {
  it.each<[string, string, State, State, string]>([
    ["leaves where nothing has changed", "17", {}, {}, "sent"],
    ["stays where the thing was protected in the last moment", "17", {}, PROTECTED, "conflict"],
    [
      "stays where that was done and undone: somebody is at it",
      "17",
      {},
      { generation: 3 },
      "conflict",
    ],
    ["stays where the thing is not to be deleted any more", "17", {}, ALIVE, "conflict"],
    ["never leaves for what is protected and recorded", "17", PROTECTED, PROTECTED, "conflict"],
    ["leaves for a twin of what is protected", "18", PROTECTED, PROTECTED, "sent"],
    ["is decided anew where the protection is off by now", "18", PROTECTED, {}, "conflict"],
    ["leaves for a twin of what lives", "18", ALIVE, ALIVE, "sent"],
    ["never leaves for what lives and is recorded", "17", ALIVE, ALIVE, "conflict"],
  ])("%s", async (_, id, decided, found, expected) => {
    expect(await confirmed(id, { decided, found })).toBe(expected);
  });

  it.each<[string, string, string]>([
    ["stays for what the Secret holds the value of, whatever is recorded", "18", "conflict"],
    ["leaves for what was replaced, though it is recorded", "17", "sent"],
  ])("of a protected token: %s", async (_, id, expected) => {
    const given = { decided: PROTECTED, found: PROTECTED, heldId: "18" };
    expect(await confirmed(id, given)).toBe(expected);
  });
});
