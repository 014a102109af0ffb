import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import { kustomize } from "../deploy/kustomize.ts";
import type { Manifest } from "../deploy/rendered.ts";
import { startOperator } from "../operator-process.ts";
import type { PageWorld, Printed } from "./page-world.ts";

/** What the controllers and the kubelet of a real cluster do, which an API server by itself does not. */

export const SYSTEM = "hpc-park-operator-system";
const NAME = "hpc-park-operator";
/** The first API server that knows all that deploy/base holds, and whose kubectl reads its kustomizations. */
const OLDEST_MINOR = 28;
const FIRST_MINOR_WITH_BUDGETS = 21;

/** Quick enough for a test; and the addresses, which the page leaves at their defaults. */
function surroundings({ park, panel }: PageWorld): Readonly<Record<string, string>> {
  return {
    HPC_PARK_URL: park.url,
    ELEMENT_ALLOWED_URLS: panel.url,
    // In a pod this is the pod's own.
    LEASE_NAMESPACE: SYSTEM,
    HEALTH_HOST: "127.0.0.1",
    HEALTH_PORT: "0",
    POLL_INTERVAL_SECONDS: "0.5",
    ACTIVE_POLL_INTERVAL_SECONDS: "0.1",
    REQUEST_TIMEOUT_SECONDS: "1",
    SETTLE_SECONDS: "0.2",
    BILLING_INTERVAL_SECONDS: "0.5",
  };
}

interface Deployment {
  readonly metadata: { readonly generation: number };
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: PodSpec };
  };
}

interface PodSpec {
  readonly serviceAccountName: string;
  readonly containers: readonly {
    readonly env: readonly { readonly name: string; readonly value: string }[];
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  }[];
  readonly volumes: readonly { readonly name: string; readonly secret: { secretName: string } }[];
}

/** `kubectl apply --server-side -k`, for an API server and a kubectl that are older than the target. */
export async function applyFolder(world: PageWorld, command: string): Promise<Printed> {
  if (world.plane.minor >= OLDEST_MINOR) return world.type(command);
  // Such a server applies nothing that has fields it does not know; it drops them where kubectl applies.
  const printed = await world.type(
    "kubectl apply --validate=false -f -",
    await renderedList(world, command),
  );
  await world.kubectl("wait", "--for=condition=Established", "--timeout=30s", "crd", "--all");
  return printed;
}

/** `kubectl delete -k`, which waits for nothing. */
export async function deleteFolder(world: PageWorld, command: string): Promise<Printed> {
  if (world.plane.minor >= OLDEST_MINOR) return world.type(`${command} --wait=false`);
  return world.type("kubectl delete --wait=false -f -", await renderedList(world, command));
}

/** `kubectl delete namespace`: what is left in it goes, then the namespace itself. */
export async function endNamespace(world: PageWorld, command: string): Promise<Printed> {
  const printed = await world.type(`${command} --wait=false`);
  const name = command.split(" ").at(-1) ?? "";
  await world.kubectl("delete", "secret", "--all", "-n", name);
  const path = `/api/v1/namespaces/${name}`;
  const namespace = JSON.parse(await world.kubectl("get", "--raw", path));
  const file = world.path("namespace.json");
  await writeFile(file, JSON.stringify({ ...namespace, spec: { finalizers: [] } }));
  await world.kubectl("replace", "--raw", `${path}/finalize`, "-f", file);
  return printed;
}

/** What the folder that the command ends with holds, but for what the API server does not know. */
async function renderedList({ checkout, plane }: PageWorld, command: string): Promise<string> {
  const folder = command.split(" ").at(-1) ?? "";
  const manifests = await kustomize(join(checkout, folder));
  const isKnown = ({ apiVersion }: Manifest): boolean =>
    apiVersion !== "policy/v1" || plane.minor >= FIRST_MINOR_WITH_BUDGETS;
  return JSON.stringify({ apiVersion: "v1", kind: "List", items: manifests.filter(isKnown) });
}

/** One operator as the Deployment asks for it, as its ServiceAccount; one before it then goes, and the Deployment says that its pods are ready. */
export async function startPod(world: PageWorld): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${SYSTEM}/deployments/${NAME}`;
  const deployment: Deployment = JSON.parse(await world.kubectl("get", "--raw", path));
  const pod = deployment.spec.template.spec;
  const [container] = pod.containers;
  const environment = container?.env.map(({ name, value }) => [name, inPod(world, value)]) ?? [];
  await mountSecrets(world, pod);
  world.operatorEnvironment = {
    KUBECONFIG: await kubeconfigOf(world, pod.serviceAccountName),
    ...surroundings(world),
    ...Object.fromEntries(environment),
  };
  const former = world.operator;
  world.operator = await startOperator(world.operatorEnvironment);
  await former?.end("SIGTERM");
  const { replicas } = deployment.spec;
  const { generation: observedGeneration } = deployment.metadata;
  const counts = { replicas, updatedReplicas: replicas, readyReplicas: replicas };
  const status = { observedGeneration, ...counts, availableReplicas: replicas };
  const file = world.path("deployment.json");
  await writeFile(file, JSON.stringify({ ...deployment, status }));
  await world.kubectl("replace", "--raw", `${path}/status`, "-f", file);
}

/** The end of its pod. */
export async function endPod(world: PageWorld): Promise<void> {
  await world.operator?.end("SIGTERM");
  world.operator = undefined;
}

/** A file of the pod is one in a folder of ours. */
function inPod(world: PageWorld, value: string): string {
  return value.startsWith("/") ? world.path("pod", value) : value;
}

async function mountSecrets(world: PageWorld, { containers, volumes }: PodSpec): Promise<void> {
  for (const { name, mountPath } of containers[0]?.volumeMounts ?? []) {
    const secretName = volumes.find((volume) => volume.name === name)?.secret.secretName ?? "";
    const secret = await world.kubectl("get", "secret", secretName, "-n", SYSTEM, "-o", "json");
    const { data }: { data: Readonly<Record<string, string>> } = JSON.parse(secret);
    for (const [key, value] of Object.entries(data)) {
      const file = inPod(world, `${mountPath}/${key}`);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, Buffer.from(value, "base64"), { mode: 0o600 });
    }
  }
}

async function kubeconfigOf(world: PageWorld, account: string): Promise<string> {
  const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
  const body = world.path("request.json");
  await writeFile(body, JSON.stringify(request));
  const path = `/api/v1/namespaces/${SYSTEM}/serviceaccounts/${account}/token`;
  const answer = JSON.parse(await world.kubectl("create", "--raw", path, "-f", body));
  const config = parse(await readFile(world.plane.kubeconfigPath, "utf8"));
  config.users[0].user = { token: answer.status.token };
  const file = world.path("pod-kubeconfig");
  await writeFile(file, stringify(config), { mode: 0o600 });
  return file;
}
