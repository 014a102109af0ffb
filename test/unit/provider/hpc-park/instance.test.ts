import { describe, expect, it } from "vitest";
import type { HpcInstanceSpec } from "../../../../src/api/hpc-instance.ts";
import { compare } from "../../../../src/core/diff.ts";
import type { RemoteThing } from "../../../../src/core/observation.ts";
import { instanceKind, remoteInstances } from "../../../../src/provider/hpc-park/instance.ts";
import type { Resolved } from "../../../../src/provider/port.ts";
import { AnsweringServer, json } from "../answering-server.ts";
import { clientOf, WRITE } from "../client.ts";

const { signal } = new AbortController();
const NOTHING: Resolved = { ids: new Map(), secrets: new Map() };
const SPEC: HpcInstanceSpec = {
  containerType: "pytorch",
  gpuType: "A100",
  gpuCount: 4,
  tariffType: "hourly",
  power: "On",
  deletionPolicy: "Delete",
  deletionProtection: false,
  managementPolicy: "Full",
  recreatePolicy: "Always",
};
const REMOTE = {
  id: 7,
  label: "train k8s-aaaaaaaaaaaa",
  container_type: "pytorch",
  namespace_id: null,
  gpu_type: "A100",
  gpu_count: 4,
  storage_ids: [3, 1],
  ssh_support: true,
  tariff_type: "hourly",
  state: "on",
  host: "p2.msk-1.hpc-park.ru",
  ports: [
    { internal: 8888, external: 31088, protocol: "tcp" },
    { internal: 22, external: 31022, protocol: "tcp" },
  ],
  created_at: "2026-01-01T00:00:00Z",
};

async function seen(body: unknown): Promise<RemoteThing> {
  await using server = await AnsweringServer.start(json(200, [body]));
  using client = clientOf(server.url);
  const [thing] = await remoteInstances({ http: client.http, statePath }).list(signal);
  return thing ?? expect.unreachable("nothing was listed");
}

const statePath = async (id: string): Promise<string> => `/v1/instance/${id}/state/`;

describe("an instance as it is read", () => {
  it.each([
    ["creating", "busy", "Creating", undefined],
    ["starting", "busy", "Switching", undefined],
    ["stopping", "busy", "Switching", undefined],
    ["updating", "busy", "Updating", undefined],
    ["on", "settled", "Available", "On"],
    ["off", "settled", "PoweredOff", "Off"],
    ["deleting", "deleting", "Deleting", undefined],
    ["error", "failed", "RemoteFailed", undefined],
  ])("%s is %s", async (state, phase, reason, power) => {
    const thing = await seen({ ...REMOTE, state });
    expect(thing).toMatchObject({ state, phase, headline: { reason } });
    expect(thing.fields["power"]).toBe(power);
  });

  it.each(["migrating", "ON", "", "constructor", "__proto__", "toString"])(
    "the state %j, which nobody knows, is unknown",
    async (state) => {
      expect(await seen({ ...REMOTE, state })).toMatchObject({
        phase: "unknown",
        headline: { reason: "StateUnknown" },
      });
    },
  );

  it("repeats the provider's words about an error", async () => {
    const thing = await seen({ ...REMOTE, state: "error", error: "no\nGPU left" });
    expect(thing.headline.message).toBe("HPC Park reports an error: no GPU left");
    const silent = await seen({ ...REMOTE, state: "error", error: null });
    expect(silent.headline.message).toMatch(/no reason given/);
  });

  it("can be compared with a spec, and shows what a person needs", async () => {
    const thing = await seen(REMOTE);
    expect(thing).toMatchObject({
      id: "7",
      label: REMOTE.label,
      fields: {
        power: "On",
        gpuType: "A100",
        gpuCount: 4,
        storageIds: [3, 1],
        containerType: "pytorch",
        tariffType: "hourly",
        namespaceId: null,
      },
      status: {
        label: "train",
        gpu: "4×A100",
        host: REMOTE.host,
        sshCommand: "ssh -p 31022 root@p2.msk-1.hpc-park.ru",
        createdAt: REMOTE.created_at,
      },
    });
    expect(thing.status["ports"]).toEqual(REMOTE.ports);
  });

  it("leaves out what the provider does not send: only id, label and state can be relied upon", async () => {
    const { fields, status } = await seen({ id: 7, label: "train", state: "on", new_field: {} });
    expect(fields).toEqual({ power: "On" });
    expect(status).toMatchObject({ label: "train", state: "on" });
    expect([status["gpu"], status["sshCommand"], status["host"]]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("an instance's spec", () => {
  const refs = { storageRefs: [{ name: "data" }, { name: "home" }], storageIds: [9, 2] };
  const resolved = {
    ...NOTHING,
    ids: new Map([
      ["HpcStorage/data", "10"],
      ["HpcStorage/home", "2"],
    ]),
  };

  it("names the resources and the Secret it needs", () => {
    const spec = {
      ...SPEC,
      ...refs,
      ssh: { enabled: true, keySecretRef: { name: "ssh", key: "pub" } },
    };
    expect(instanceKind.references(spec).map(({ kind, name }) => `${kind}/${name}`)).toEqual([
      "HpcStorage/data",
      "HpcStorage/home",
    ]);
    expect(instanceKind.secrets(spec)).toMatchObject([
      { name: "ssh", key: "pub", path: "spec.ssh.keySecretRef" },
    ]);
    expect(instanceKind.references(SPEC)).toEqual([]);
    expect(instanceKind.secrets(SPEC)).toEqual([]);
  });

  it.each([
    ["ssh-ed25519 AAAAC3Nza you@host", true],
    ["ecdsa-sha2-nistp256 AAAAE2Vj", true],
    ["sk-ssh-ed25519@openssh.com AAAAGnNr you", true],
    ["hunter2-hunter2", false],
    ["-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA", false],
    ["ssh-ed25519 AAAA one\nssh-ed25519 AAAA two", false],
    ["ssh-ed25519", false],
    ["ssh-rsa PRIVATE KEY", false],
  ])("sends %j from a Secret: %s", (value, expected) => {
    const ssh = { enabled: true, keySecretRef: { name: "ssh", key: "pub" } };
    const [{ mustBe } = expect.unreachable()] = instanceKind.secrets({ ...SPEC, ssh });
    expect(mustBe.pattern.test(value)).toBe(expected);
  });

  it("joins referred and plain storages, each once, in the order of their numbers", () => {
    const spec = { ...SPEC, ...refs };
    expect(instanceKind.fields(spec, resolved)["storageIds"]).toEqual([2, 9, 10]);
    expect(instanceKind.createBody(spec, "l", resolved)).toMatchObject({ storage_ids: [2, 9, 10] });
  });

  it("says nothing of storages while one of them has no id yet", () => {
    const ids = new Map([["HpcStorage/data", "10"]]);
    expect(instanceKind.fields({ ...SPEC, ...refs }, { ...NOTHING, ids })).not.toHaveProperty(
      "storageIds",
    );
  });

  it("wants no storages where it names none", () => {
    expect(instanceKind.fields(SPEC, NOTHING)["storageIds"]).toEqual([]);
  });

  it("becomes the nine fields of a create request", () => {
    expect(instanceKind.createBody(SPEC, "train k8s-aaaaaaaaaaaa", NOTHING)).toEqual({
      label: "train k8s-aaaaaaaaaaaa",
      container_type: "pytorch",
      namespace_id: null,
      gpu_type: "A100",
      gpu_count: 4,
      storage_ids: [],
      ssh_support: false,
      ssh_key: null,
      tariff_type: "hourly",
    });
  });

  it("takes the SSH key from the spec or from the Secret", () => {
    const own = { ...SPEC, ssh: { enabled: true, key: "ssh-ed25519 A" } };
    expect(instanceKind.createBody(own, "l", NOTHING)).toMatchObject({
      ssh_support: true,
      ssh_key: "ssh-ed25519 A",
    });
    const referring = {
      ...SPEC,
      ssh: { enabled: true, keySecretRef: { name: "ssh", key: "pub" } },
    };
    const secrets = new Map([["ssh/pub", "ssh-ed25519 B\n"]]);
    expect(instanceKind.createBody(referring, "l", { ...NOTHING, secrets })).toMatchObject({
      ssh_key: "ssh-ed25519 B",
    });
  });

  it.each([
    [{ power: "Off", gpuCount: 8 } as const, "powerOff"],
    [{ gpuCount: 8 }, "resources"],
    [{ gpuType: "H100" }, "resources"],
    [{ storageIds: [1] }, "resources"],
    [{ storageIds: [1, 3] }, undefined],
  ])("that differs by %j is brought about by %s first", async (change, operation) => {
    const { fields } = await seen(REMOTE);
    const wanted = instanceKind.fields({ ...SPEC, storageIds: [1, 3], ...change }, NOTHING);
    const { rules } = instanceKind;
    expect(compare(rules.fields, rules.operations, wanted, fields).next?.operation).toBe(operation);
  });

  it("is switched on only after its resources are as wanted", async () => {
    const { fields } = await seen({ ...REMOTE, state: "off" });
    const { rules } = instanceKind;
    const operation = (spec: HpcInstanceSpec): string | undefined =>
      compare(rules.fields, rules.operations, instanceKind.fields(spec, NOTHING), fields).next
        ?.operation;
    expect(operation({ ...SPEC, storageIds: [1] })).toBe("resources");
    expect(operation({ ...SPEC, storageIds: [1, 3] })).toBe("powerOn");
  });
});

describe("an instance's change", () => {
  it.each([
    ["powerOff", "/live/7", { state: "off" }],
    ["powerOn", "/live/7", { state: "on" }],
    [
      "resources",
      "/v1/instance/7/resources/",
      { gpu_type: "A100", gpu_count: 4, storage_ids: [1, 3] },
    ],
  ])("%s is one PATCH", async (operation, path, body) => {
    await using server = await AnsweringServer.start(json(200, REMOTE));
    using client = clientOf(server.url);
    const live = async (id: string): Promise<string> => `/live/${id}`;
    const fields = instanceKind.fields({ ...SPEC, storageIds: [1, 3] }, NOTHING);
    const remote = remoteInstances({ http: client.http, statePath: live });

    await remote.change("7", operation, fields, WRITE);

    expect(server.received).toMatchObject([{ method: "PATCH", path }]);
    expect(JSON.parse(server.received[0]?.body ?? "")).toEqual(body);
  });
});
