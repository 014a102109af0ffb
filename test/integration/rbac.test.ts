import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse, stringify } from "yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type ControlPlane,
  startControlPlane,
} from "../../src/embedded/control-plane/control-plane.ts";
import { SEED } from "../../src/embedded/element/seed.ts";
import {
  type ElementSimulator,
  startElementSimulator,
} from "../../src/embedded/element/simulator.ts";
import { type Simulator, startSimulator } from "../../src/embedded/hpc-park/simulator.ts";
import { deedsOf } from "../deploy/audit.ts";
import { grantsIn, type Manifest, rendered } from "../deploy/rendered.ts";
import { type OperatorProcess, startOperator } from "../operator-process.ts";
import { PROJECT } from "../project.ts";
import { until } from "../until.ts";

const SYSTEM = "hpc-park-operator-system";
const ACCOUNT = "hpc-park-operator";
const RBAC = new Set([
  "Namespace",
  "ServiceAccount",
  "Role",
  "RoleBinding",
  "ClusterRole",
  "ClusterRoleBinding",
]);

describe("the operator as its ServiceAccount, with the roles of deploy/base", () => {
  let folder: string;
  let plane: ControlPlane;
  let park: Simulator;
  let panel: ElementSimulator;
  let operator: OperatorProcess;
  let base: readonly Manifest[];

  async function kubectl(...args: string[]): Promise<string> {
    const all = ["--kubeconfig", plane.kubeconfigPath, ...args];
    return (await promisify(execFile)(plane.kubectl, all, { timeout: 60_000 })).stdout;
  }

  async function applied(...items: readonly object[]): Promise<void> {
    const file = join(folder, "objects.json");
    await writeFile(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    await kubectl("apply", "--validate=false", "-f", file);
  }

  /** What a pod of the Deployment would have. */
  async function ownKubeconfig(): Promise<string> {
    const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
    const body = join(folder, "request.json");
    await writeFile(body, JSON.stringify(request));
    const path = `/api/v1/namespaces/${SYSTEM}/serviceaccounts/${ACCOUNT}/token`;
    const answer = JSON.parse(await kubectl("create", "--raw", path, "-f", body));
    const config = parse(await readFile(plane.kubeconfigPath, "utf8"));
    config.users[0].user = { token: answer.status.token };
    const file = join(folder, "kubeconfig");
    await writeFile(file, stringify(config), { mode: 0o600 });
    return file;
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "rbac-test-"));
    plane = await startControlPlane({ auditLog: join(folder, "audit.log") });
    base = await rendered("base");
    await kubectl("apply", "--validate=false", "-k", join(PROJECT, "crds"));
    await applied(...base.filter(({ kind }) => RBAC.has(kind)));
    park = await startSimulator({
      timings: { createMs: 50, deleteMs: 50, powerMs: 50, storageMs: 50 },
    });
    panel = await startElementSimulator({
      timings: { creatingMs: 50, initializingMs: 0, startingMs: 0 },
    });
    const token = join(folder, "token");
    await writeFile(token, park.masterToken, { mode: 0o600 });
    operator = await startOperator({
      KUBECONFIG: await ownKubeconfig(),
      HPC_PARK_URL: park.url,
      HPC_PARK_TOKEN_FILE: token,
      ELEMENT_ALLOWED_URLS: panel.url,
      LEASE_NAMESPACE: SYSTEM,
      POLL_INTERVAL_SECONDS: "0.5",
      ACTIVE_POLL_INTERVAL_SECONDS: "0.1",
      REQUEST_TIMEOUT_SECONDS: "1",
      SETTLE_SECONDS: "0.2",
      LEASE_DURATION_SECONDS: "3",
      LEASE_RENEW_DEADLINE_SECONDS: "2",
      LEASE_RETRY_SECONDS: "0.5",
      HEALTH_HOST: "127.0.0.1",
      HEALTH_PORT: "0",
    });
  });
  afterAll(async () => {
    await operator.end("SIGKILL");
    await Promise.all([park.close(), panel.close()]);
    await plane.stop();
    await rm(folder, { recursive: true });
  });

  it("does everything that it is for", async () => {
    const secret = (name: string, stringData: object): object => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name },
      stringData,
    });
    await applied(
      secret("hpc-park", { token: park.masterToken }),
      secret("panel", { "client-id": panel.clientId, "client-secret": panel.clientSecret }),
      hpc("HpcAccount", "default", { tokenSecretRefs: [{ name: "hpc-park" }], pollInterval: "1s" }),
      hpc("HpcNamespace", "net", {}),
      hpc("HpcStorage", "data", { storageType: "ssd", sizeGb: 10, namespaceRef: { name: "net" } }),
      hpc("HpcInstance", "one", {
        containerType: "pytorch",
        gpuType: "A100",
        gpuCount: 1,
        tariffType: "hourly",
      }),
      // So short that it is replaced while the test looks on: then its Secret is updated.
      hpc("HpcToken", "ci", {
        secretRef: { name: "ci-token" },
        expiresAfter: "6s",
        renewBefore: "4s",
      }),
      element("ElementConsole", "panel", {
        url: panel.url,
        clientSecretRef: { name: "panel" },
        discover: true,
        pollInterval: "1s",
      }),
      element("ElementApplication", "shop", {
        consoleRef: { name: "panel" },
        publicationContext: "shop",
        source: { projectId: SEED.projects.shop, assemblyVersion: "1.0-9" },
      }),
    );
    await ready(
      "hpca/default",
      "hpcn/net",
      "hpcs/data",
      "hpci/one",
      "hpct/ci",
      "elcon/panel",
      "elapp/shop",
    );
    const { id = "" } = panel.perform({ action: "create-application", context: "found" });
    await until("it is shown", async () => (await kubectl("get", "elapp")).includes("found"));
    panel.perform({ action: "delete-application", application: id });
    await until(
      "it is shown no more",
      async () => !(await kubectl("get", "elapp")).includes("found"),
    );
    // The same said twice is one event that is patched; another token is copied over the first.
    for (const power of ["Off", "On", "Off"]) await switched(power);
    await kubectl(
      "patch",
      "secret",
      "hpc-park",
      "--type=merge",
      "-p",
      JSON.stringify({ stringData: { token: anotherToken() } }),
    );
    await until(
      "the token was replaced",
      () => park.ledger.entries.filter(({ operation }) => operation === "createToken").length > 1,
    );
    await kubectl("delete", "hpci,hpcs,hpcn,hpct,elapp", "--all", "--timeout=60s");
    await kubectl("delete", "hpca,elcon", "--all", "--timeout=60s");

    expect(park.park.instances.all()).toEqual([]);
    expect(panel.panel.applications.all()).toEqual([]);
  });

  it("uses exactly what it is granted", async () => {
    // Watches are written down when they end.
    await operator.end("SIGTERM");
    const user = `system:serviceaccount:${SYSTEM}:${ACCOUNT}`;

    const { used, denied } = await deedsOf(user, join(folder, "audit.log"));

    expect([...denied]).toEqual([]);
    expect([...used].toSorted(byText)).toEqual([...grantsIn(base)].toSorted(byText));
  });

  async function ready(...resources: string[]): Promise<void> {
    await kubectl("wait", "--for=condition=Ready", "--timeout=30s", ...resources);
  }

  async function switched(power: string): Promise<void> {
    await kubectl(
      "patch",
      "hpci",
      "one",
      "--type=merge",
      "-p",
      JSON.stringify({ spec: { power } }),
    );
    const path = "jsonpath={.status.power}";
    await until(
      `it is ${power}`,
      async () => (await kubectl("get", "hpci", "one", "-o", path)) === power,
    );
  }

  function anotherToken(): string {
    return String(park.perform({ action: "add-token", name: "second", master: true }).token);
  }
});

function hpc(kind: string, name: string, spec: object): object {
  return { apiVersion: "hpc-park.ru/v1alpha1", kind, metadata: { name }, spec };
}

function element(kind: string, name: string, spec: object): object {
  return { apiVersion: "element.1c.ru/v1alpha1", kind, metadata: { name }, spec };
}

function byText(a: string, b: string): number {
  return a.localeCompare(b);
}
