import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isWithoutCel, prepareNamespace } from "./namespace.ts";

let kubectl: Awaited<ReturnType<typeof prepareNamespace>>;

beforeAll(async () => {
  kubectl = await prepareNamespace();
});

afterAll(() => kubectl.removeNamespace());

type Spec = Readonly<Record<string, unknown>>;

const goodInstance: Spec = {
  containerType: "pytorch",
  gpuType: "A100",
  gpuCount: 1,
  tariffType: "hourly",
};
const goodStorage: Spec = { storageType: "ssd", sizeGb: 10 };

const instance = (name: string, changes: Spec) => ({
  apiVersion: "hpc-park.ru/v1alpha1",
  kind: "HpcInstance",
  metadata: { name },
  spec: { ...goodInstance, ...changes },
});
const storage = (name: string, changes: Spec) => ({
  apiVersion: "hpc-park.ru/v1alpha1",
  kind: "HpcStorage",
  metadata: { name },
  spec: { ...goodStorage, ...changes },
});

describe("the API server refuses, with a sentence,", () => {
  const { gpuType: _, ...withoutGpuType } = goodInstance;
  const cases = [
    {
      reason: "a missing field",
      object: { ...instance("bad", {}), spec: withoutGpuType },
      message: /spec\.gpuType: Required value/,
    },
    {
      reason: "an object without a spec",
      object: { ...instance("bad", {}), spec: undefined },
      message: /spec: Required value/,
    },
    {
      reason: "text for a number",
      object: instance("bad", { gpuCount: "4" }),
      message: /spec\.gpuCount.*must be of type integer/,
    },
    {
      reason: "half a GPU",
      object: instance("bad", { gpuCount: 0.5 }),
      message: /spec\.gpuCount.*must be of type (int32|integer)/,
    },
    {
      reason: "fewer than no GPUs",
      object: instance("bad", { gpuCount: -1 }),
      message: /gpuCount.*greater than or equal to 0/,
    },
    {
      reason: "GPUs beyond reason",
      object: instance("bad", { gpuCount: 1025 }),
      message: /gpuCount.*less than or equal to 1024/,
    },
    {
      reason: "an unknown power",
      object: instance("bad", { power: "Standby" }),
      message: /power.*supported values: "On", "Off"/,
    },
    {
      reason: "a power without quotes",
      object: instance("bad", { power: true }),
      message: /power.*must be of type string/,
    },
    {
      reason: "an unknown policy",
      object: instance("bad", { recreatePolicy: "Sometimes" }),
      message: /recreatePolicy.*supported values: "Always", "Never"/,
    },
    {
      reason: "a blank type",
      object: instance("bad", { containerType: " " }),
      message: /containerType.*should match/,
    },
    {
      reason: "an empty label",
      object: instance("bad", { label: "" }),
      message: /label.*at least 1 char/,
    },
    {
      reason: "a label past the remote maximum",
      object: instance("bad", { label: "x".repeat(231) }),
      message: /label.*(at most|longer than|more than) 230/,
    },
    {
      reason: "an id of 0",
      object: instance("bad", { adopt: { id: 0 } }),
      message: /adopt\.id.*greater than or equal to 1/,
    },
    {
      reason: "the same HpcStorage twice",
      object: instance("bad", { storageRefs: [{ name: "a" }, { name: "a" }] }),
      message: /storageRefs\[1\]: Duplicate value/,
    },
    {
      reason: "the same storage id twice",
      object: instance("bad", { storageIds: [7, 7] }),
      message: /storageIds\[1\]: Duplicate value/,
    },
    {
      reason: "a Secret without a name",
      object: instance("bad", { ssh: { enabled: true, keySecretRef: {} } }),
      message: /ssh\.keySecretRef\.name: Required value/,
    },
    {
      reason: "ssh that does not say whether",
      object: instance("bad", { ssh: {} }),
      message: /ssh\.enabled: Required value/,
    },
    {
      reason: "a storage of no size",
      object: storage("bad", { sizeGb: 0 }),
      message: /sizeGb.*greater than or equal to 1/,
    },
    {
      reason: "a storage beyond reason",
      object: storage("bad", { sizeGb: 1_048_577 }),
      message: /sizeGb.*less than or equal to 1048576|sizeGb.*1\.048576e\+06/,
    },
  ];

  it.each(cases)("$reason", async ({ object, message }) => {
    const { code, stderr } = await kubectl.apply(object);

    expect(code).not.toBe(0);
    expect(stderr).toMatch(message);
  });

  it("but takes a label of 230 characters that are not ASCII", async () => {
    const { code, stderr } = await kubectl.apply(
      instance("long-label", { label: "я".repeat(230) }),
    );
    expect(stderr).toBe("");
    expect(code).toBe(0);
    await kubectl.run("delete", "hpci", "long-label");
  });

  it("and prunes a field that the kind does not have", async () => {
    await kubectl.apply(storage("pruned", { colour: "red" }));
    expect(await kubectl.specOf("hpcs/pruned")).not.toHaveProperty("colour");
    await kubectl.run("delete", "hpcs", "pruned");
  });
});

describe.skipIf(isWithoutCel)("CEL rules (need Kubernetes 1.28 or newer)", () => {
  const cases = [
    {
      reason: "a change of the label",
      field: "label",
      first: instance("cel", { label: "a" }),
      second: instance("cel", { label: "b" }),
      message: "label cannot be changed",
    },
    {
      reason: "a label set later",
      field: "label",
      first: instance("cel", {}),
      second: instance("cel", { label: "b" }),
      message: "label cannot be changed",
    },
    {
      reason: "adopt taken away",
      field: "adopt",
      first: instance("cel", { adopt: { id: 1 } }),
      second: instance("cel", {}),
      message: "adopt cannot be changed",
    },
    {
      reason: "a storage that shrinks",
      field: "sizeGb",
      first: storage("cel", { sizeGb: 10 }),
      second: storage("cel", { sizeGb: 9 }),
      message: "sizeGb cannot be made smaller",
    },
    {
      reason: "another storageType",
      field: "storageType",
      first: storage("cel", {}),
      second: storage("cel", { storageType: "hdd" }),
      message: "storageType cannot be changed",
    },
  ];

  it.each(cases)("refuse $reason", async ({ first, second, field, message }) => {
    expect((await kubectl.apply(first)).stderr).toBe("");
    const { code, stderr } = await kubectl.apply(second);
    await kubectl.run("delete", first.kind, "cel");

    expect(code).not.toBe(0);
    expect(stderr).toContain(`spec.${field}: `);
    expect(stderr).toContain(message);
  });

  it.each([
    {
      reason: "ssh without a key",
      changes: { ssh: { enabled: true } },
      message: "exactly one of ssh.key and ssh.keySecretRef",
    },
    {
      reason: "a label that ends like a marker",
      changes: { label: "a k8s-abcdefgh2345" },
      message: "label must not end with",
    },
    {
      reason: "a label with a line break",
      changes: { label: "a\nb" },
      message: "label must be a single line",
    },
  ])("refuse $reason", async ({ changes, message }) => {
    const { code, stderr } = await kubectl.apply(instance("bad", changes));

    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
  });
});
