import type { Action, Decision } from "../core/decision.ts";
import { formatIntent, nextIntent } from "../core/journal.ts";
import { labelWithMarker } from "../core/marker.ts";
import type { RemoteThing } from "../core/observation.ts";
import type { Resource } from "../core/resource.ts";
import type { Obstacle, Wish } from "../core/situation.ts";
import { KubeError } from "../kube/errors.ts";
import { ProviderError } from "../provider/errors.ts";
import type { Resolved } from "../provider/port.ts";
import type { Dependencies } from "./dependencies.ts";
import { type ManagedObject, namespaceOf, ownLabelOf } from "./managed-object.ts";
import type { ResourceMemory } from "./memory.ts";

/** Something in the cluster that must be put right before the action can be done. */
export class ObstacleError extends Error implements Obstacle {
  override readonly name = "ObstacleError";
  readonly reason: Obstacle["reason"];
  readonly isStalled = true;

  constructor(reason: Obstacle["reason"], message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface ActContext extends Dependencies {
  readonly object: ManagedObject;
  readonly resource: Resource;
  readonly memory: ResourceMemory;
  readonly wish: Wish;
  readonly resolved: Resolved;
}

/** Does the one thing that was decided. Returns the thing that a create made. */
export async function act(
  decision: Decision,
  context: ActContext,
): Promise<RemoteThing | undefined> {
  const { action } = decision;
  switch (action.do) {
    case "nothing":
    case "observe":
      return undefined;
    case "attach":
      await attach(context);
      return undefined;
    case "create":
      return create(context);
    case "change":
      await change(action, context);
      return undefined;
    case "remove":
      await remove(action.ids, context);
      return undefined;
    case "release":
      await release(context);
      return undefined;
  }
}

async function attach(context: ActContext): Promise<void> {
  await patchMetadata(context, { finalizers: withFinalizer(context) });
}

/**
 * The order is the promise: secrets first (nothing is written where one is missing), then the journal, then one POST.
 * The journal's patch carries the resourceVersion, so a stale cache ends here, before anything is paid for.
 */
async function create(context: ActContext): Promise<RemoteThing> {
  const { object, resource, runtime, memory, resolved, now, signal } = context;
  const { port, connection, keys } = runtime;
  const secrets = await readSecrets(context);
  const label = labelWithMarker(ownLabelOf(object), resource.marker, port.maxLabelLength);
  const body = port.createBody(object.spec, label, { ...resolved, secrets });
  const intent = nextIntent(resource.intent, context.wallClock().toISOString());
  // Until the request leaves nothing can come of it, even where the answer to this patch is lost.
  memory.intends(intent, now());
  memory.refusedAttempt = intent.attempt;
  await patchMetadata(context, {
    finalizers: withFinalizer(context),
    annotations: { [keys.create]: formatIntent(intent) },
  });
  memory.intends(intent, now());
  delete memory.refusedAttempt;
  delete memory.madeId;
  try {
    const thing = await connection.remote.create(body, signal);
    memory.settledAttempt = intent.attempt;
    memory.madeId = thing.id;
    return thing;
  } catch (error) {
    if (isRefusal(error)) memory.refusedAttempt = intent.attempt;
    // The request may have waited long for its turn: the quiet time counts from when it was last heard of.
    else memory.intends(intent, now());
    throw error;
  } finally {
    memory.lookAfter(now());
  }
}

/** Certain that nothing was made: the provider said so, or the request never left. */
function isRefusal(error: unknown): boolean {
  return error instanceof ProviderError && error.kind !== "unknown-outcome";
}

async function change(
  { id, operation }: Extract<Action, { do: "change" }>,
  { runtime, memory, wish, now, signal }: ActContext,
): Promise<void> {
  try {
    await runtime.connection.remote.change(id, operation, wish.fields, signal);
  } finally {
    memory.lookAfter(now());
  }
}

async function remove(ids: readonly string[], context: ActContext): Promise<void> {
  const { runtime, memory, now, signal } = context;
  await confirm(context);
  try {
    for (const id of ids) {
      // One after the other: the first failure stops the rest, and the next reconcile looks again.
      const isAccepted = await runtime.connection.remote.remove(id, signal);
      if (isAccepted) memory.deletedId = id;
    }
  } finally {
    memory.lookAfter(now());
  }
}

/** Before a remote DELETE the object is read anew, past every cache: the same one, and still on its way out or still not. */
async function confirm({ object, resource, runtime, client, signal }: ActContext): Promise<void> {
  const current = await client.get(runtime.port, namespaceOf(object), object.metadata.name, signal);
  const isSame = current.metadata.uid === resource.uid;
  const isDeleting = current.metadata.deletionTimestamp !== undefined;
  // A changed policy is a new generation; the annotation is the other way to say "hands off".
  const isWanted =
    current.metadata.generation === object.metadata.generation &&
    current.metadata.annotations?.[runtime.keys.paused] !== "true";
  if (isSame && isWanted && isDeleting === resource.isDeleting) return;
  throw new KubeError(
    "conflict",
    `${resource.kind} ${resource.namespace}/${resource.name} has changed since it was read`,
  );
}

async function release(context: ActContext): Promise<void> {
  const { object, runtime, memory } = context;
  const finalizers = object.metadata.finalizers?.filter((name) => name !== runtime.keys.finalizer);
  await patchMetadata(context, { finalizers: finalizers ?? [] });
  // What was let go of without proof may still be there, or appear; a namesake must know.
  const { deletionPolicy, managementPolicy } = context.resource;
  memory.isReleased = deletionPolicy === "Delete" && managementPolicy === "Full";
}

function withFinalizer({ object, runtime }: ActContext): string[] {
  return [...new Set([...(object.metadata.finalizers ?? []), runtime.keys.finalizer])];
}

/** One merge patch of the metadata, refused (409) where our copy is not the latest. */
async function patchMetadata(
  { object, runtime, client, memory, signal }: ActContext,
  metadata: Record<string, unknown>,
): Promise<void> {
  const { name, uid, resourceVersion } = object.metadata;
  const patch = { metadata: { uid, resourceVersion, ...metadata } };
  const written = await client.mergePatch(
    runtime.port,
    namespaceOf(object),
    name,
    patch,
    {},
    signal,
  );
  memory.wrote(written.metadata.resourceVersion);
}

async function readSecrets(context: ActContext): Promise<Map<string, string>> {
  const { object, runtime, client, signal } = context;
  const namespace = namespaceOf(object);
  const values = new Map<string, string>();
  for (const { name, key, path } of runtime.port.secrets(object.spec)) {
    const data = await client.getSecret(namespace, name, signal).catch((error: unknown) => {
      if (error instanceof KubeError && error.kind === "forbidden") {
        throw new ObstacleError(
          "SecretNotFound",
          `Secret "${name}", named in ${path}, may not be read by the operator; let its role get Secrets in namespace ${namespace}`,
        );
      }
      if (!(error instanceof KubeError) || error.kind !== "not-found") throw error;
      throw new ObstacleError(
        "SecretNotFound",
        `Secret "${name}", named in ${path}, does not exist in namespace ${namespace}; create it`,
      );
    });
    const value = data[key]?.trim();
    if (value === undefined || value === "") {
      throw new ObstacleError(
        "SecretNotFound",
        `Secret "${name}" has no value under the key "${key}", named in ${path}; add it`,
      );
    }
    values.set(`${name}/${key}`, value);
  }
  return values;
}
