/**
 * The floor: a bare script that sends only the requests nobody can do without, over connections that are kept, and gives no thought to
 * failures, retries, drift or crashes. No operator is faster; how near one comes is what the bench asks.
 */
import { readFile } from "node:fs/promises";
import { Agent, request } from "undici";
import { parse } from "yaml";
import { readLines } from "../../src/kube/read-lines.ts";

const {
  KUBECONFIG = "",
  WATCH_NAMESPACES: namespace = "",
  HPC_PARK_URL: parkUrl = "",
  HPC_PARK_TOKEN_FILE: tokenFile = "",
} = process.env;

const FINALIZER = "hpc-park.ru/remote";

interface Instance {
  readonly metadata: {
    readonly name: string;
    readonly resourceVersion: string;
    readonly generation: number;
    readonly deletionTimestamp?: string;
  };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status?: { readonly id?: number };
}

const { clusters, users } = parse(await readFile(KUBECONFIG, "utf8"));
const { server, "certificate-authority-data": authority } = clusters[0].cluster;
const kubeAgent = new Agent({
  connections: 64,
  connect: { ca: Buffer.from(authority, "base64").toString() },
  bodyTimeout: 0,
});
const parkAgent = new Agent({ connections: 8 });
const kubeHeaders = { authorization: `Bearer ${users[0].user.token}` };
const parkHeaders = { authorization: `Bearer ${(await readFile(tokenFile, "utf8")).trim()}` };
const collection = `${server}/apis/hpc-park.ru/v1alpha1/namespaces/${namespace}/hpcinstances`;
const busy = new Set<string>();

async function patch(path: string, body: object): Promise<void> {
  const answer = await request(`${collection}/${path}`, {
    method: "PATCH",
    headers: { ...kubeHeaders, "content-type": "application/merge-patch+json" },
    body: JSON.stringify(body),
    dispatcher: kubeAgent,
  });
  await answer.body.dump();
}

async function make({ metadata, spec }: Instance): Promise<void> {
  const { name, resourceVersion, generation } = metadata;
  const at = new Date().toISOString();
  const annotations = { "hpc-park.ru/create": at };
  await patch(name, { metadata: { resourceVersion, finalizers: [FINALIZER], annotations } });
  const answer = await request(`${parkUrl}/v1/instance`, {
    method: "POST",
    headers: { ...parkHeaders, "content-type": "application/json" },
    body: JSON.stringify({
      label: `${namespace}/${name}`,
      container_type: spec["containerType"],
      gpu_type: spec["gpuType"],
      gpu_count: spec["gpuCount"],
      tariff_type: spec["tariffType"],
    }),
    dispatcher: parkAgent,
  });
  const { id }: { id?: unknown } = Object(await answer.body.json());
  const conditions = ["Ready", "Synced"].map((type) => ({
    type,
    status: "True",
    reason: "Available",
    message: "running",
    observedGeneration: generation,
    lastTransitionTime: at,
  }));
  await patch(`${name}/status`, { status: { id, observedGeneration: generation, conditions } });
}

async function unmake({ metadata, status }: Instance): Promise<void> {
  const answer = await request(`${parkUrl}/v1/instance/${status?.id}`, {
    method: "DELETE",
    headers: parkHeaders,
    dispatcher: parkAgent,
  });
  await answer.body.dump();
  await patch(metadata.name, { metadata: { finalizers: null } });
}

async function handle(type: string, instance: Instance): Promise<void> {
  const { name, deletionTimestamp } = instance.metadata;
  const isLeaving = deletionTimestamp !== undefined;
  const task = `${name} ${isLeaving}`;
  if (type === "DELETED") {
    busy.delete(`${name} true`);
    busy.delete(`${name} false`);
    return;
  }
  const isToDo = isLeaving || instance.status?.id === undefined;
  if (!isToDo || busy.has(task)) return;
  busy.add(task);
  await (isLeaving ? unmake(instance) : make(instance));
}

const watchAgent = new Agent({
  connect: { ca: Buffer.from(authority, "base64").toString() },
  bodyTimeout: 0,
});

/** Lists and watches until the API server ends the watch, which it does to whoever reads too slowly on a busy machine. */
async function follow(): Promise<void> {
  const list = await request(collection, { headers: kubeHeaders, dispatcher: kubeAgent });
  const { metadata, items }: { metadata: { resourceVersion: string }; items: Instance[] } = Object(
    await list.body.json(),
  );
  const query = `watch=true&resourceVersion=${metadata.resourceVersion}`;
  const watch = await request(`${collection}?${query}`, {
    headers: kubeHeaders,
    dispatcher: watchAgent,
  });
  process.send?.("ready");
  for (const item of items) void handle("ADDED", item);
  for await (const line of readLines(watch.body)) {
    const { type, object } = JSON.parse(line);
    void handle(type, object);
  }
}

for (;;) await follow();
