import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { kinds } from "../../src/api/kinds.ts";
import { describePermission, permissionsFor } from "../../src/doctor/permissions.ts";
import {
  CHART,
  type ChartCase,
  type Rendering,
  renderCharts,
  renderedByHelm,
} from "../deploy/chart.ts";
import { chartRenderer } from "../deploy/chart-renderer.ts";
import { REFUSALS } from "../deploy/chart-refusals.ts";
import { VALUE_CASES } from "../deploy/chart-value-cases.ts";
import { comparable, differences } from "../deploy/comparable.ts";
import { dryRun } from "../deploy/dry-run.ts";
import { type OpenApi, openApiOf } from "../deploy/open-api.ts";
import { grantsIn, type Manifest, rendered } from "../deploy/rendered.ts";
import { breaksRestricted } from "../deploy/restricted.ts";
import { prepareNamespace } from "./namespace.ts";

// Once on a machine it is built, which may take longer than a hook may.
await chartRenderer();

const plane = inject("controlPlane");
const SYSTEM = "hpc-park-operator-system";
const OWNER_ID = "set-this-to-the-name-of-your-cluster";

const INSTALLATIONS = {
  base: {},
  narrow: {
    values: { crds: { install: false }, watchNamespaces: [SYSTEM], ownerId: OWNER_ID },
  },
  monitored: {
    values: { serviceMonitor: { enabled: true }, prometheusRule: { enabled: true } },
  },
  /** Where a value is of a list or a map, with something in it. */
  everything: {
    name: "prod",
    namespace: "park",
    values: {
      options: { ELEMENT_ALLOWED_URLS: "https://panel.example", SHUTDOWN_GRACE_SECONDS: 60.5 },
      watchNamespaces: ["ml", "research"],
      ownerId: "prod-1",
      serviceMonitor: { enabled: true },
      prometheusRule: { enabled: true },
      deletionProtectionPolicy: { enabled: true },
      // What a parent chart shares with all its parts.
      global: { team: "ml" },
    },
  },
  longName: { name: "a".repeat(53) },
} satisfies Readonly<Record<string, ChartCase>>;

let kubectl: Awaited<ReturnType<typeof prepareNamespace>>;
let openApi: OpenApi;
let installed: Readonly<Record<keyof typeof INSTALLATIONS, Rendering>>;
let valued: Readonly<Record<string, Rendering>>;
let refused: Readonly<Record<string, Rendering>>;

beforeAll(async () => {
  kubectl = await prepareNamespace();
  openApi = await openApiOf(plane);
  installed = await renderCharts(INSTALLATIONS);
  valued = await renderCharts(VALUE_CASES);
  refused = await renderCharts(REFUSALS);
});
afterAll(() => kubectl.removeNamespace());

describe("the chart", () => {
  it("makes what deploy/base makes", async () => {
    const { manifests } = installed.base;

    expect(comparable(manifests)).toEqual(comparable(await rendered("base")));
  });

  it("makes what deploy/overlays/one-namespace makes, where one is named", async () => {
    // There it is the pod's own; here it is named.
    const named = replaced(
      await rendered("overlays/one-namespace"),
      { valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
      { value: SYSTEM },
    );

    expect(comparable(installed.narrow.manifests)).toEqual(comparable(named));
  });

  it("makes what deploy/overlays/prometheus makes, where monitoring is asked for", async () => {
    const { manifests } = installed.monitored;

    expect(comparable(manifests)).toEqual(comparable(await rendered("overlays/prometheus")));
  });

  it("makes the policy that deploy/components/deletion-protection makes", async () => {
    const policies = await rendered("components/deletion-protection");
    const own = valued["deletionProtectionPolicy.enabled"]?.manifests ?? [];
    const isOfPolicy = ({ kind }: Manifest): boolean => kind.startsWith("ValidatingAdmission");

    expect(comparable(own.filter(isOfPolicy))).toEqual(comparable(policies));
  });

  it("keeps its CRDs when the release goes", () => {
    const crds = installed.base.manifests.filter(({ kind }) => kind.startsWith("Custom"));

    expect(crds).toHaveLength(kinds.length);
    for (const { metadata } of crds) {
      expect(metadata).toHaveProperty(["annotations", "helm.sh/resource-policy"], "keep");
    }
  });

  it("is read by Helm as by these tests, where Helm is at hand", async (context) => {
    const byHelm = await renderedByHelm(INSTALLATIONS.everything);
    if (byHelm === undefined) return context.skip("no Helm on the path");

    expect(differences(byHelm, installed.everything.manifests)).toEqual([]);
  });
});

describe.each(Object.keys(INSTALLATIONS))("the chart as %s", (name) => {
  const of = (): readonly Manifest[] =>
    new Map(Object.entries(installed)).get(name)?.manifests ?? [];

  it("has no field that the API server does not know", () => {
    expect(of().flatMap((one) => openApi.faultsIn(one))).toEqual([]);
  });

  it("has a pod that keeps to the profile restricted", () => {
    expect(breaksRestricted(podOf(of()))).toEqual([]);
  });

  it("selects its own pods with everything that selects", () => {
    const { labels } = Object(find(of(), "Deployment")["spec"]).template.metadata;
    const service = find(of(), "Service");
    const selectors = {
      Deployment: Object(find(of(), "Deployment")["spec"]).selector.matchLabels,
      Service: Object(service["spec"]).selector,
      PodDisruptionBudget: Object(find(of(), "PodDisruptionBudget")["spec"]).selector.matchLabels,
      NetworkPolicy: Object(find(of(), "NetworkPolicy")["spec"]).podSelector.matchLabels,
    };

    for (const selector of Object.values(selectors)) expect(labels).toMatchObject(selector);
    for (const monitor of of().filter(({ kind }) => kind === "ServiceMonitor")) {
      const { matchLabels } = Object(monitor["spec"]).selector;
      expect(service.metadata).toMatchObject({ labels: matchLabels });
    }
  });

  it("has names that Kubernetes takes", () => {
    for (const { metadata } of of().filter(({ kind }) => kind === "Service")) {
      expect(metadata.name.length).toBeLessThanOrEqual(63);
    }
  });
});

describe("what the chart makes", () => {
  it.each(["base", "narrow", "everything"] as const)(
    "is taken by the API server as it is: %s",
    async (name) => {
      const { code, stderr } = await dryRun(kubectl, installed[name].manifests, plane.minor);

      expect(stderr).toBe("");
      expect(code).toBe(0);
    },
  );

  it("has the rights that the doctor asks for, in the namespaces that are named, and no others", () => {
    const { manifests } = installed.everything;
    const roles = manifests.filter(({ kind }) => /Role/.test(kind));
    const namespaces = ["ml", "research"];
    const asked = permissionsFor({
      kinds,
      namespaces,
      leaseNamespace: "park",
      readsOwnerId: false,
    });

    expect(roles.filter(({ kind }) => kind.startsWith("Cluster"))).toEqual([]);
    for (const namespace of [...namespaces, "park"]) {
      const granted = grantsIn(roles.filter(({ metadata }) => metadata.namespace === namespace));
      const needed = asked
        .filter((one) => one.namespace === namespace)
        .map((one) => describePermission(one).replace(` in namespace ${namespace}`, ""));
      expect(granted).toEqual(new Set(needed));
    }
  });

  it("waits for the operator's own end, however long that may take", () => {
    expect(podOf(installed.base.manifests)).toHaveProperty("terminationGracePeriodSeconds", 40);
    expect(podOf(installed.everything.manifests)).toHaveProperty(
      "terminationGracePeriodSeconds",
      76,
    );
  });

  it("is named after the release, with the chart's name in it", () => {
    expect(find(installed.everything.manifests, "Deployment").metadata).toMatchObject({
      name: "prod-hpc-park-operator",
      namespace: "park",
    });
  });
});

describe("a value of the chart", () => {
  it.each(Object.entries(VALUE_CASES))("does what it says: %s", (path, { changes, at, shows }) => {
    const { manifests, error } = valued[path] ?? { manifests: [], error: "not rendered" };

    expect(error).toBe("");
    expect(lookUp(manifests, at)).toEqual(shows);
    expect(differences(installed.base.manifests, manifests)).toEqual(changes.toSorted());
  });

  it.each(Object.entries(REFUSALS))("is refused: %s", (reason, { says }) => {
    const { manifests, error } = refused[reason] ?? { manifests: [], error: "" };

    expect(error).toMatch(says);
    expect(manifests).toEqual([]);
  });

  it("leaves no field that the API server does not know", () => {
    const all = Object.values(valued).flatMap(({ manifests }) => manifests);

    expect(all.flatMap((one) => openApi.faultsIn(one))).toEqual([]);
  });
});

describe("the notes", () => {
  const notesOf = ({ files }: Rendering): string =>
    files["hpc-park-operator/templates/NOTES.txt"] ?? "";

  it("say what comes next, in the words of this release", () => {
    const notes = notesOf(installed.everything);

    expect(notes).toContain(
      "kubectl create secret generic hpc-park-token -n park --from-file=token=./token",
    );
    expect(notes).toContain("kubectl rollout status -n park deployment/prod-hpc-park-operator");
    expect(notes).toContain(
      "kubectl exec -n park deployment/prod-hpc-park-operator -- node operator.mjs doctor",
    );
    expect(notes).toContain("kubectl apply -n ml ");
  });

  it("show a resource that the API server takes", async () => {
    const [, resource = ""] = /<<EOF\n(.*)EOF\n/s.exec(notesOf(installed.base)) ?? [];

    const { code, stdout } = await kubectl.attempt(
      ["apply", "--dry-run=server", "-f", "-"],
      resource,
    );

    expect(stdout).toContain("hpcstorage.hpc-park.ru/training-data created");
    expect(code).toBe(0);
  });
});

describe("text with braces in a CRD", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "chart-test-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("is left as it is", async () => {
    await cp(CHART, folder, { recursive: true });
    const crd = { apiVersion: "v1", kind: "Braces", metadata: { name: "{{ .Values.ownerId }}" } };
    await writeFile(join(folder, "files/crds/braces.yaml"), JSON.stringify(crd));

    const { braces } = await renderCharts({ braces: { values: { ownerId: "prod-1" } } }, folder);

    expect(braces.manifests).toContainEqual(crd);
  });
});

function find(manifests: readonly Manifest[], kind: string): Manifest {
  const found = manifests.find((one) => one.kind === kind);
  if (found === undefined) throw new Error(`there is no ${kind}`);
  return found;
}

function podOf(manifests: readonly Manifest[]): Parameters<typeof breaksRestricted>[0] {
  return Object(find(manifests, "Deployment")["spec"]).template.spec;
}

function lookUp(manifests: readonly Manifest[], at: readonly (string | number)[]): unknown {
  const [kind, ...path] = at;
  const start: unknown = manifests.find((one) => one.kind === kind);
  return path.reduce((inside: unknown, key) => Object(inside)[key], start);
}

function replaced(manifests: readonly Manifest[], part: object, by: object): readonly Manifest[] {
  const fields = (object: object): string => JSON.stringify(object).slice(1, -1);
  return JSON.parse(JSON.stringify(manifests).replace(fields(part), fields(by)));
}
