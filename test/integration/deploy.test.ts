import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { kinds } from "../../src/api/kinds.ts";
import { describePermission, permissionsFor } from "../../src/doctor/permissions.ts";
import { dryRun } from "../deploy/dry-run.ts";
import { type OpenApi, openApiOf } from "../deploy/open-api.ts";
import { grantsIn, type Manifest, rendered, renderedByKubectl } from "../deploy/rendered.ts";
import { breaksRestricted } from "../deploy/restricted.ts";
import { PROJECT } from "../project.ts";
import { prepareNamespace } from "./namespace.ts";

const plane = inject("controlPlane");
const INSTALLATIONS = ["base", "overlays/one-namespace", "overlays/prometheus"];
const FOLDERS = [...INSTALLATIONS, "components/deletion-protection"];

let kubectl: Awaited<ReturnType<typeof prepareNamespace>>;
let openApi: OpenApi;
beforeAll(async () => {
  kubectl = await prepareNamespace();
  openApi = await openApiOf(plane);
});
afterAll(() => kubectl.removeNamespace());

describe.each(FOLDERS)("deploy/%s", (folder) => {
  let manifests: readonly Manifest[];
  beforeAll(async () => {
    manifests = await rendered(folder);
  });

  it("is read by kubectl as by these tests, where a present kubectl is at hand", async (context) => {
    const byKubectl = await renderedByKubectl(folder);
    if (byKubectl === undefined) return context.skip("no kubectl with kustomize 5 on the path");
    const byName = (all: readonly Manifest[]): Map<string, Manifest> =>
      new Map(all.map((one) => [`${one.kind}/${one.metadata.name}`, one]));

    expect(byName(manifests)).toEqual(byName(byKubectl));
  });

  it("has no field that the API server does not know", () => {
    expect(manifests.flatMap((one) => openApi.faultsIn(one))).toEqual([]);
  });
});

describe.each(INSTALLATIONS)("what is installed from deploy/%s", (folder) => {
  let manifests: readonly Manifest[];
  beforeAll(async () => {
    manifests = await rendered(folder);
  });

  it("is taken by the API server as it is", async () => {
    const { code, stderr } = await dryRun(kubectl, manifests, plane.minor);

    expect(stderr).toBe("");
    expect(code).toBe(0);
  });

  it("has a pod that keeps to the profile restricted, in a namespace that asks for it", () => {
    const namespace = manifests.find(({ kind }) => kind === "Namespace");
    expect(namespace?.metadata).toMatchObject({
      labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    });
    const deployment = manifests.find(({ kind }) => kind === "Deployment");
    const { template }: { template: { spec: Parameters<typeof breaksRestricted>[0] } } = Object(
      deployment?.["spec"],
    );
    expect(breaksRestricted(template.spec)).toEqual([]);
  });

  it("lists and watches no Secrets", () => {
    const secrets = [...grantsIn(manifests)].filter((grant) => grant.endsWith(" secrets"));

    expect(secrets).not.toContain("list secrets");
    expect(secrets).not.toContain("watch secrets");
  });

  it("runs the version of this checkout", async () => {
    const { version }: { version: string } = JSON.parse(
      await readFile(join(PROJECT, "package.json"), "utf8"),
    );
    expect(JSON.stringify(manifests)).toContain(`"hpc-park-operator:${version}"`);
  });
});

describe("the check of fields", () => {
  const PORT = { port: 8081, protocol: "TCP" };
  const service = (spec: object): Manifest => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "s" },
    spec,
  });
  const policy = (...validations: readonly object[]): Manifest => ({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: "p" },
    spec: { validations },
  });

  it.each<[fault: string, manifest: Manifest]>([
    ["Service/s.spec.selectors is unknown", service({ selectors: {} })],
    ["Service/s.spec.ports[0].port is string, not integer", service({ ports: [{ port: "80" }] })],
    ["Service/s.spec.ports[0].port is missing", service({ ports: [{ name: "x" }] })],
    ["Service/s.spec.selector.app is boolean, not string", service({ selector: { app: true } })],
    ["Service/s.spec.selector is null, not object", service({ selector: null })],
    [
      "Service/s.spec.ports[0].targetPort is boolean, not string or integer",
      service({ ports: [{ ...PORT, targetPort: true }] }),
    ],
    ["Service/s: v9 Service has no schema", { ...service({}), apiVersion: "v9" }],
    [
      "ValidatingAdmissionPolicy/p.spec.validations[0].expresion is unknown",
      policy({ expresion: "true" }),
    ],
  ])("says: %s", (fault, manifest) => {
    expect(openApi.faultsIn(manifest)).toEqual([fault]);
  });

  it("says nothing where all is right", () => {
    expect(openApi.faultsIn(service({ ports: [{ ...PORT, targetPort: "metrics" }] }))).toEqual([]);
  });
});

describe("the roles", () => {
  it("grant what the doctor asks for, and nothing else", async () => {
    const asked = permissionsFor({
      kinds,
      namespaces: [],
      leaseNamespace: "own",
      readsOwnerId: true,
    }).map(({ verb, group, resource, subresource }) =>
      describePermission({ verb, group, resource, ...(subresource && { subresource }) }),
    );

    expect(grantsIn(await rendered("base"))).toEqual(new Set(asked));
  });

  it("are of one namespace where the operator works in one", async () => {
    const roles = (await rendered("overlays/one-namespace")).filter(({ kind }) =>
      /Role/.test(kind),
    );

    expect(new Set(roles.map(({ kind }) => kind))).toEqual(new Set(["Role", "RoleBinding"]));
  });
});

describe("the overlay for Prometheus", () => {
  it("brings the alerts, and a monitor of the port on which the metrics are", async () => {
    const all = await rendered("overlays/prometheus");
    expect(all.map(({ kind }) => kind)).toContain("PrometheusRule");
    const monitor = all.find(({ kind }) => kind === "ServiceMonitor");
    const service = all.find(({ kind }) => kind === "Service");

    const { endpoints, selector }: { endpoints: readonly { port: string }[]; selector: object } =
      Object(monitor?.["spec"]);
    const { ports }: { ports: readonly { name: string }[] } = Object(service?.["spec"]);
    expect(ports.map(({ name }) => name)).toEqual(endpoints.map(({ port }) => port));
    expect(selector).toEqual({ matchLabels: Object(service?.metadata).labels });
  });
});

describe("a pod that breaks the profile", () => {
  it.each<[what: string, container: object]>([
    ["c: privilege escalation", { allowPrivilegeEscalation: true }],
    ["c: capabilities not dropped", { capabilities: {} }],
    ["c: may be root", { runAsNonRoot: false }],
    ["c: privileged", { privileged: true }],
  ])("is told: %s", (what, changes) => {
    const good = {
      allowPrivilegeEscalation: false,
      runAsNonRoot: true,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    };
    const pod = (securityContext: object): Parameters<typeof breaksRestricted>[0] => ({
      containers: [{ name: "c", securityContext }],
    });
    expect(breaksRestricted(pod(good))).toEqual([]);
    expect(breaksRestricted(pod({ ...good, ...changes }))).toContain(what);
  });
});
