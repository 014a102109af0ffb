import { describe, expect, it } from "vitest";
import type { HpcStorageSpec } from "../../../../src/api/hpc-storage.ts";
import { compare } from "../../../../src/core/diff.ts";
import type { RemoteThing } from "../../../../src/core/observation.ts";
import { remoteStorages, storageKind } from "../../../../src/provider/hpc-park/storage.ts";
import { AnsweringServer, json } from "../answering-server.ts";
import { clientOf } from "../client.ts";

const { signal } = new AbortController();
const NOTHING = { ids: new Map<string, string>(), secrets: new Map<string, string>() };
const SPEC: HpcStorageSpec = {
  storageType: "ssd",
  sizeGb: 100,
  deletionPolicy: "Delete",
  deletionProtection: false,
  managementPolicy: "Full",
  recreatePolicy: "Never",
};
const REMOTE = {
  id: 3,
  label: "data k8s-aaaaaaaaaaaa",
  storage_type: "ssd",
  size_gb: 100,
  namespace_id: 5,
  instance_ids: [7, 8],
  state: "ready",
  created_at: "2026-01-01T00:00:00Z",
};

async function seen(body: unknown): Promise<RemoteThing> {
  await using server = await AnsweringServer.start(json(200, [body]));
  using client = clientOf(server.url);
  const [thing] = await remoteStorages(client.http).list(signal);
  return thing ?? expect.unreachable("nothing was listed");
}

describe("a storage as it is read", () => {
  it.each([
    ["creating", "busy", "Creating"],
    ["updating", "busy", "Updating"],
    ["ready", "settled", "Available"],
    ["deleting", "deleting", "Deleting"],
    ["error", "failed", "RemoteFailed"],
  ])("%s is %s", async (state, phase, reason) => {
    expect(await seen({ ...REMOTE, state })).toMatchObject({ state, phase, headline: { reason } });
  });

  it.each(["frozen", "on", "READY", "", "constructor"])(
    "the state %j, which nobody knows, is unknown",
    async (state) => {
      expect(await seen({ ...REMOTE, state })).toMatchObject({
        phase: "unknown",
        headline: { reason: "StateUnknown" },
      });
    },
  );

  it("says who uses it, for it is not deleted while anybody does", async () => {
    expect((await seen(REMOTE)).usedBy).toEqual(["instance 7", "instance 8"]);
    expect((await seen({ ...REMOTE, instance_ids: [] })).usedBy).toEqual([]);
    expect((await seen({ id: 3, label: "data", state: "ready" })).usedBy).toEqual([]);
  });

  it("can be compared with a spec, and mirrors itself into the status", async () => {
    const { fields, status } = await seen(REMOTE);
    expect(fields).toEqual({ sizeGb: 100, storageType: "ssd", namespaceId: 5 });
    expect(status).toEqual({
      label: "data",
      state: "ready",
      storageType: "ssd",
      sizeGb: 100,
      instanceIds: [7, 8],
      createdAt: REMOTE.created_at,
    });
  });
});

describe("a storage's spec", () => {
  it("becomes a create request", () => {
    expect(storageKind.createBody(SPEC, "data k8s-aaaaaaaaaaaa", NOTHING)).toEqual({
      label: "data k8s-aaaaaaaaaaaa",
      storage_type: "ssd",
      size_gb: 100,
      namespace_id: null,
    });
  });

  it("needs nothing else", () => {
    expect([storageKind.references(SPEC), storageKind.secrets(SPEC)]).toEqual([[], []]);
  });

  it.each([
    [{ sizeGb: 200 }, { next: { operation: "resources" } }],
    [{ sizeGb: 50 }, { shrinking: [{ path: "spec.sizeGb" }] }],
    [{ storageType: "hdd" }, { fixed: [{ path: "spec.storageType" }] }],
    [{ namespaceId: 6 }, { fixed: [{ path: "spec.namespaceId" }] }],
  ])("that differs by %j", async (change, expected) => {
    const { fields } = await seen(REMOTE);
    const wanted = storageKind.fields({ ...SPEC, ...change }, NOTHING);
    const { rules } = storageKind;
    expect(compare(rules.fields, rules.operations, wanted, fields)).toMatchObject(expected);
  });

  it("says nothing of a namespace where it names none", async () => {
    const { fields } = await seen(REMOTE);
    const { rules } = storageKind;
    const comparison = compare(
      rules.fields,
      rules.operations,
      storageKind.fields(SPEC, NOTHING),
      fields,
    );
    expect(comparison).toEqual({ fixed: [], shrinking: [] });
  });
});
