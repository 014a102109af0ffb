import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Lab } from "./lab.ts";

/** What the operator may write to a resource beside its status; docs/gitops.md lists the same. */
const OWN_ANNOTATIONS = ["create", "change", "account"];
const OWN_FINALIZERS = ["remote", "in-use"];

interface ManagedFields {
  readonly manager: string;
  readonly subresource?: string;
  readonly fieldsV1: Readonly<Record<string, unknown>>;
}

interface Written {
  readonly status?: unknown;
  readonly metadata: {
    readonly resourceVersion?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
    readonly ownerReferences?: unknown;
    readonly managedFields?: readonly ManagedFields[];
  };
  readonly spec: unknown;
}

let lab: Lab;
const labels = { "app.kubernetes.io/part-of": "training" };
const annotations = { "example.com/team": "vision" };
const METADATA = { labels, annotations };

beforeAll(async () => {
  lab = await Lab.start();
  const stringData = { token: lab.simulator.token };
  await lab.apply({ apiVersion: "v1", kind: "Secret", metadata: { name: "hpc-park" }, stringData });
});
afterAll(() => lab.stop());

function manifest(kind: string, name: string, spec: object): object {
  return { apiVersion: "hpc-park.ru/v1alpha1", kind, metadata: { name, ...METADATA }, spec };
}

const INSTANCE = {
  containerType: "pytorch",
  gpuType: "A100",
  gpuCount: 1,
  tariffType: "hourly",
  storageRefs: [{ name: "data" }],
};
const MANIFESTS = [
  manifest("HpcAccount", "default", { tokenSecretRefs: [{ name: "hpc-park" }] }),
  manifest("HpcStorage", "data", { storageType: "ssd", sizeGb: 100 }),
  manifest("HpcInstance", "train", INSTANCE),
  manifest("HpcInstance", "idle", { ...INSTANCE, power: "Off" }),
];
const NAMES = [
  "hpcaccounts/default",
  "hpcstorages/data",
  "hpcinstances/train",
  "hpcinstances/idle",
];

/** As the API server has it: kubectl hides who wrote what, each version in its own way. */
async function read(resource: string): Promise<Written> {
  const [plural = "", name = ""] = resource.split("/");
  const group = `/apis/hpc-park.ru/v1alpha1/namespaces/${lab.namespace}`;
  return JSON.parse(await lab.kubectl.run("get", "--raw", `${group}/${plural}/${name}`));
}

describe("what GitOps sees of a resource that the operator looks after", () => {
  const before = new Map<string, Written>();

  beforeAll(async () => {
    for (const one of MANIFESTS) await lab.apply(one);
    for (const name of NAMES) before.set(name, await read(name));
    await lab.untilReady(...NAMES);
    // Some of what the operator writes it writes when something is changed.
    await lab.kubectl.run(
      "patch",
      "hpci",
      "train",
      "--type=merge",
      "-p",
      '{"spec":{"gpuCount":2}}',
    );
    await lab.untilReason("hpci/train", "Ready", "Updating");
    await lab.kubectl.run(
      "patch",
      "hpci",
      "train",
      "--type=merge",
      "-p",
      '{"spec":{"gpuCount":1}}',
    );
    await lab.untilReady(...NAMES);
  });

  it.each(NAMES)("has the spec, labels and owners that were applied: %s", async (name) => {
    const after = await read(name);
    expect(after.spec).toEqual(before.get(name)?.spec);
    expect(after.metadata.labels).toEqual(labels);
    expect(after.metadata.ownerReferences).toBeUndefined();
  });

  it.each(NAMES)("has more annotations and finalizers only of the operator: %s", async (name) => {
    const { metadata } = await read(name);
    const known = new Set([
      ...Object.keys(annotations),
      "kubectl.kubernetes.io/last-applied-configuration",
      ...OWN_ANNOTATIONS.map((key) => `hpc-park.ru/${key}`),
    ]);
    expect(metadata.annotations).toMatchObject(annotations);
    expect(Object.keys(metadata.annotations ?? {}).filter((key) => !known.has(key))).toEqual([]);
    const finalizers = OWN_FINALIZERS.map((key) => `hpc-park.ru/${key}`);
    expect(metadata.finalizers).toHaveLength(1);
    expect(finalizers).toEqual(expect.arrayContaining([...(metadata.finalizers ?? [])]));
  });

  it.each(NAMES)("has no field of spec that the operator owns: %s", async (name) => {
    const { managedFields = [] } = (await read(name)).metadata;
    const others = managedFields.filter(({ manager }) => !manager.startsWith("kubectl"));
    expect(others.length).toBeGreaterThan(0);
    for (const { fieldsV1 } of others) expect(Object.keys(fieldsV1)).not.toContain("f:spec");
  });

  it("makes no difference for kubectl diff and for Argo CD, which compare three ways", async () => {
    const whole = JSON.stringify({ apiVersion: "v1", kind: "List", items: MANIFESTS });
    const { code, stdout } = await lab.kubectl.attempt(["diff", "-f", "-"], whole);
    expect(code, stdout).toBe(0);
  });

  it("makes no difference for Flux, which asks the API server what an apply would change", async () => {
    const args = [
      "apply",
      "--server-side",
      "--force-conflicts",
      "--dry-run=server",
      "--validate=false",
    ];
    for (const [index, name] of NAMES.entries()) {
      const input = JSON.stringify(MANIFESTS[index]);
      const tried = await lab.kubectl.attempt([...args, "-o", "json", "-f", "-"], input);
      expect(tried.stderr).toBe("");
      expect(withoutBookkeeping(JSON.parse(tried.stdout))).toEqual(
        withoutBookkeeping(await read(name)),
      );
    }
  });
});

/** Who wrote what and when is no difference that anybody acts upon; nor is the status, which no apply writes and which goes on changing. */
function withoutBookkeeping(object: Written): object {
  const { managedFields: _, resourceVersion: __, ...metadata } = object.metadata;
  const { status: ___, ...rest } = object;
  return { ...rest, metadata };
}
