import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { KubeClient } from "../../../src/kube/client.ts";
import { loadKubeConfig } from "../../../src/kube/kube-config.ts";
import type { KubeObject, ResourceType } from "../../../src/kube/kube-object.ts";
import { KubeTransport } from "../../../src/kube/transport.ts";

/**
 * The operator of the tutorials: look, create what has no id, save the id, delete, take the finalizer off. It keeps no journal and knows
 * no marker; the suite counts what it leaves double.
 */
const INSTANCES: ResourceType = {
  group: "hpc-park.ru",
  version: "v1alpha1",
  plural: "hpcinstances",
  kind: "HpcInstance",
};
const FINALIZER = "hpc-park.ru/remote";
const LOOK_MS = 50;

interface Instance extends KubeObject {
  readonly spec: { containerType: string; gpuType: string; gpuCount: number; tariffType: string };
  readonly status?: { readonly id?: number };
}

const { KUBECONFIG, HPC_PARK_URL, HPC_PARK_TOKEN_FILE, WATCH_NAMESPACES, REQUEST_TIMEOUT_SECONDS } =
  process.env;
const namespace = String(WATCH_NAMESPACES);
const kubeConfig = loadKubeConfig(KUBECONFIG);
const client = new KubeClient(new KubeTransport({ kubeConfig, userAgent: "textbook" }));
const token = await readFile(String(HPC_PARK_TOKEN_FILE), "utf8");
const forever = new AbortController().signal;

async function call(
  method: string,
  path: string,
  body?: object,
): Promise<{ id: number } | undefined> {
  const response = await fetch(`${HPC_PARK_URL}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    signal: AbortSignal.timeout(Number(REQUEST_TIMEOUT_SECONDS) * 1000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok && response.status !== 404) throw new Error(`${method} ${response.status}`);
  const text = await response.text();
  return text === "" ? undefined : JSON.parse(text);
}

async function reconcile({ metadata, spec, status }: Instance): Promise<void> {
  const patch = (change: object, options = {}): Promise<unknown> =>
    client.mergePatch(INSTANCES, namespace, metadata.name, change, options, forever);
  if (metadata.deletionTimestamp !== undefined) {
    if (status?.id !== undefined) await call("DELETE", `/v1/instance/${status.id}`);
    await patch({ metadata: { finalizers: [] } });
    return;
  }
  if (status?.id !== undefined) return;
  await patch({ metadata: { finalizers: [FINALIZER] } });
  const made = await call("POST", "/v1/instance", {
    // With a marker, so that the suite can count; the operator itself never looks at it.
    label: `${namespace}/${metadata.name} k8s-textbookaaaa`,
    container_type: spec.containerType,
    gpu_type: spec.gpuType,
    gpu_count: spec.gpuCount,
    tariff_type: spec.tariffType,
  });
  const ready = {
    type: "Ready",
    status: "True",
    reason: "Created",
    message: "created",
    lastTransitionTime: new Date(),
  };
  const synced = { ...ready, type: "Synced" };
  const conditions = [ready, synced];
  const change = { status: { id: made?.id, observedGeneration: metadata.generation, conditions } };
  await patch(change, { subresource: "status" });
}

for (;;) {
  try {
    const { items } = await client.list<Instance>(INSTANCES, { namespace }, forever);
    for (const item of items) await reconcile(item).catch(() => undefined);
  } catch {
    // It tries again, as the tutorial says.
  }
  await delay(LOOK_MS);
}
