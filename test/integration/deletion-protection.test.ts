import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { answerAsPolicy, type PolicySpec, policySpecIn } from "../deploy/protection-policy.ts";
import { rendered } from "../deploy/rendered.ts";
import { type SelfSigned, startSelfSigned } from "../self-signed.ts";
import { until } from "../until.ts";
import { type Kubectl, prepareNamespace } from "./namespace.ts";

const { minor } = inject("controlPlane");
const WAYS = ["a webhook that says the same", "a ValidatingAdmissionPolicy"] as const;
/** ValidatingAdmissionPolicy v1 came with 1.30. */
const POSSIBLE = WAYS.slice(0, minor < 30 ? 1 : 2);

describe.each(POSSIBLE)("deletion protection by %s", (way) => {
  let kubectl: Kubectl & { readonly namespace: string };
  let folder: string;
  let webhook: SelfSigned;
  let group: string;
  let spec: PolicySpec;

  async function applied(...objects: readonly object[]): Promise<void> {
    for (const object of objects) expect(await kubectl.apply(object)).toMatchObject({ code: 0 });
  }

  function thing(name: string, protection: object, finalizers: readonly string[] = []): object {
    return {
      apiVersion: `${group}/v1`,
      kind: "Thing",
      metadata: { name, namespace: kubectl.namespace, finalizers },
      spec: protection,
    };
  }

  const names = (): Promise<string> => kubectl.run("get", "things", "-o", "name");
  const removed = (name: string): ReturnType<Kubectl["attempt"]> =>
    kubectl.attempt(["delete", "thing", name, "--wait=false"]);

  beforeAll(async () => {
    kubectl = await prepareNamespace();
    group = `${kubectl.namespace}.example.com`;
    folder = await mkdtemp(join(tmpdir(), "protection-test-"));
    spec = policySpecIn(await rendered("components/deletion-protection"));
    webhook = await startSelfSigned(folder, (request, response) => {
      answerAsPolicy(spec, request, response).catch(() => response.destroy());
    });
    await applied(crdOfThings(group));
    await kubectl.run(
      "wait",
      "--for=condition=Established",
      "--timeout=30s",
      `crd/things.${group}`,
    );
    await until("things can be made", async () => {
      const { code } = await kubectl.apply(thing("canary", { deletionProtection: true }));
      return code === 0;
    });
    await applied(...(way === WAYS[0] ? asWebhook() : asPolicy()));
    await until("the API server asks", async () => {
      const { code } = await kubectl.attempt(["delete", "thing", "canary", "--dry-run=server"]);
      return code !== 0;
    });
  });
  afterAll(async () => {
    const kind = way === WAYS[0] ? "webhookconfiguration" : "admissionpolicy";
    const bindings = way === WAYS[0] ? [] : [`validatingadmissionpolicybinding/${group}`];
    await kubectl.run("delete", `validating${kind}/${group}`, `crd/things.${group}`, ...bindings);
    await kubectl.removeNamespace();
    await webhook[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  it("refuses to delete what is protected, and says what to do", async () => {
    await applied(thing("kept", { deletionProtection: true }));

    const { code, stderr } = await removed("kept");

    expect(code).not.toBe(0);
    expect(stderr).toContain(
      "Thing kept is protected: set its spec.deletionProtection to false first, then delete it",
    );
    expect(await names()).toContain(`thing.${group}/kept`);
  });

  it("lets everything else go", async () => {
    await applied(thing("plain", {}), thing("former", { deletionProtection: false }));

    for (const name of ["plain", "former"]) expect(await removed(name)).toMatchObject({ code: 0 });

    expect(await names()).not.toMatch(/plain|former/);
  });

  it("refuses a deletion of all, as one of the namespace would ask for, and names who is in the way", async () => {
    await applied(thing("kept", { deletionProtection: true }), thing("other", {}));
    const path = `/apis/${group}/v1/namespaces/${kubectl.namespace}/things`;

    const { code, stderr } = await kubectl.attempt(["delete", "--raw", path]);

    expect(code).not.toBe(0);
    expect(stderr).toMatch(/Thing (kept|canary) is protected/);
    expect(await names()).toContain(`thing.${group}/kept`);
  });

  it("lets go what was protected, once it is protected no more", async () => {
    await applied(thing("released", { deletionProtection: true }));
    expect(await removed("released")).not.toMatchObject({ code: 0 });

    await applied(thing("released", { deletionProtection: false }));

    expect(await removed("released")).toMatchObject({ code: 0 });
  });

  it("does not hold up what is on its way out", async () => {
    await applied(thing("leaving", {}, ["example.com/remote"]));
    expect(await removed("leaving")).toMatchObject({ code: 0 });
    expect(await names()).toContain("leaving");

    const patch = JSON.stringify({ metadata: { finalizers: null } });
    await kubectl.run("patch", "thing", "leaving", "--type=merge", "-p", patch);

    expect(await names()).not.toContain("leaving");
  });

  /** For the things of this test alone. */
  function asPolicy(): readonly object[] {
    const apiVersion = "admissionregistration.k8s.io/v1";
    const metadata = { name: group };
    const matchConstraints = { resourceRules: rulesForThings() };
    const binding = { policyName: group, validationActions: ["Deny"] };
    return [
      {
        apiVersion,
        kind: "ValidatingAdmissionPolicy",
        metadata,
        spec: { ...spec, matchConstraints },
      },
      { apiVersion, kind: "ValidatingAdmissionPolicyBinding", metadata, spec: binding },
    ];
  }

  function asWebhook(): readonly object[] {
    const caBundle = webhook.certificate.toString("base64");
    const hook = {
      name: group,
      rules: rulesForThings(),
      failurePolicy: spec.failurePolicy,
      clientConfig: { url: `${webhook.url}/`, caBundle },
      sideEffects: "None",
      admissionReviewVersions: ["v1"],
    };
    return [
      {
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: "ValidatingWebhookConfiguration",
        metadata: { name: group },
        webhooks: [hook],
      },
    ];
  }

  function rulesForThings(): readonly object[] {
    const [rule] = spec.matchConstraints.resourceRules;
    return [{ ...rule, apiGroups: [group], resources: ["things"] }];
  }
});

function crdOfThings(group: string): object {
  const schema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const version = { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `things.${group}` },
    spec: {
      group,
      names: { kind: "Thing", listKind: "ThingList", plural: "things", singular: "thing" },
      scope: "Namespaced",
      versions: [version],
    },
  };
}
