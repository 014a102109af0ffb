import { describe, expect, it } from "vitest";
import type { RemoteKind } from "../../../../src/provider/port.ts";
import { UNDESCRIBED } from "../../../../src/provider/hpc-park/contract-watch.ts";
import { remoteInstances } from "../../../../src/provider/hpc-park/instance.ts";
import { namespaceKind, remoteNamespaces } from "../../../../src/provider/hpc-park/namespace.ts";
import { remoteStorages } from "../../../../src/provider/hpc-park/storage.ts";
import { AnsweringServer, json } from "../answering-server.ts";
import { clientOf, type TestClient, WRITE } from "../client.ts";

const { signal } = new AbortController();
const REMOTE = { id: 41, label: "net k8s-aaaaaaaaaaaa", created_at: "2026-01-01T00:00:00Z" };
const STORAGE = { id: 3, label: "a stranger's", state: "ready" };

function namespacesOf({ http }: TestClient): RemoteKind {
  const instance = remoteInstances({ http, statePath: async (id) => id, contract: UNDESCRIBED });
  return remoteNamespaces(http, UNDESCRIBED, {
    instance,
    storage: remoteStorages(http, UNDESCRIBED),
  });
}

describe("a namespace", () => {
  it("has no states: what is listed is there", async () => {
    await using server = await AnsweringServer.start(json(200, [REMOTE]));
    using client = clientOf(server.url);
    const [thing] = await namespacesOf(client).list(signal);
    expect(thing).toMatchObject({ id: "41", phase: "settled", headline: { reason: "Available" } });
    expect(thing?.status).toEqual({ label: "net", createdAt: REMOTE.created_at });
  });

  it("is asked for by its label alone", () => {
    const spec = {
      deletionPolicy: "Delete",
      deletionProtection: false,
      managementPolicy: "Full",
      recreatePolicy: "Always",
    } as const;
    const nothing = { ids: new Map<string, string>(), secrets: new Map<string, string>() };
    expect(namespaceKind.createBody(spec, "net k8s-aaaaaaaaaaaa", nothing)).toEqual({
      label: "net k8s-aaaaaaaaaaaa",
    });
  });

  it.each([
    ["lacks its id", { label: "net" }],
    ["lacks its label", { id: 41 }],
  ])("may exist where the answer to a create request %s", async (_, body) => {
    await using server = await AnsweringServer.start(json(201, body));
    using client = clientOf(server.url);
    const creating = namespacesOf(client).create({ label: "net" }, WRITE);
    await expect(creating).rejects.toMatchObject({ kind: "unknown-outcome" });
  });

  it("is deleted when nothing is in it", async () => {
    await using server = await AnsweringServer.start((response, { method, path }) => {
      const elsewhere = [
        { ...STORAGE, namespace_id: 7 },
        { ...STORAGE, namespace_id: null },
      ];
      const body = path === "/v1/storage" ? elsewhere : [];
      if (method === "DELETE") response.writeHead(204).end();
      else json(200, body)(response, { method, path, authorization: "", body: "" });
    });
    using client = clientOf(server.url);
    expect(await namespacesOf(client).remove("41", WRITE)).toBe(true);
    expect(server.received.at(-1)).toMatchObject({ method: "DELETE", path: "/v1/namespace/41" });
  });

  it("is not deleted over what a stranger has in it, whatever HPC Park would allow", async () => {
    await using server = await AnsweringServer.start((response, { path, ...received }) => {
      const body = path === "/v1/storage" ? [{ ...STORAGE, namespace_id: 41 }] : [];
      json(200, body)(response, { path, ...received });
    });
    using client = clientOf(server.url);
    await expect(namespacesOf(client).remove("41", WRITE)).rejects.toMatchObject({
      kind: "conflict",
      message: "namespace 41 is not deleted while storage 3 is in it",
    });
    expect(server.received.filter(({ method }) => method === "DELETE")).toEqual([]);
  });
});
