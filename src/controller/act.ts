import { failuresBefore, formatAsked, isAskedFor, wantedIn } from "../core/asked.ts";
import { type Action, type Decision, effortOf } from "../core/decision.ts";
import { formatIntent, type Intent, nextIntent } from "../core/journal.ts";
import { labelWithMarker, markerOf } from "../core/marker.ts";
import type { RemoteThing } from "../core/observation.ts";
import { CREATE_EFFORT } from "../core/outcomes-of-absence.ts";
import { KubeError } from "../kube/errors.ts";
import { keyOf } from "../kube/kube-object.ts";
import { ProviderError } from "../provider/errors.ts";
import type { ActContext } from "./act-context.ts";
import { requireItsTime } from "./held.ts";
import { keep } from "./keep.ts";
import { namespaceOf } from "./managed-object.ts";
import { connectionOf } from "./account-choice.ts";
import { confirm, credentialOf, requireSameMarker, requireStillWanted } from "./preconditions.ts";
import { readSecrets } from "./secrets.ts";

/** Does the one thing that was decided. Returns the thing that a create made. */
export async function act(
  decision: Decision,
  context: ActContext,
): Promise<RemoteThing | undefined> {
  const { action } = decision;
  requireItsTime(decision, context);
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
      await remove(action, context);
      return undefined;
    case "remember":
      await patchMetadata(context, {
        annotations: { [context.runtime.keys.change]: formatAsked(action.asked) },
      });
      return undefined;
    case "conclude":
      await patchMetadata(context, { annotations: { [context.runtime.keys.change]: null } });
      return undefined;
    case "release":
      await release(context);
      return undefined;
  }
}

async function attach(context: ActContext): Promise<void> {
  await patchMetadata(context, {
    finalizers: withFinalizer(context),
    annotations: annotationOfAccount(context),
  });
}

/**
 * The order is the promise: secrets first (nothing is written where one is missing), then the journal, then one POST.
 * The journal's patch carries the resourceVersion, so a stale cache ends here, before anything is paid for.
 */
async function create(context: ActContext): Promise<RemoteThing> {
  const { object, resource, runtime, memory, resolved, now } = context;
  const { port, keys } = runtime;
  const secrets = await readSecrets(context);
  const ownLabel = port.ownLabel(object.spec) ?? keyOf(object);
  const label = labelWithMarker(ownLabel, resource.marker, port.maxLabelLength);
  const body = port.createBody(object.spec, label, {
    ...resolved,
    secrets,
    wallClockMs: context.wallClock().getTime(),
    resourceName: object.metadata.name,
  });
  const intent = nextIntent(
    resource.intent,
    context.wallClock().toISOString(),
    credentialOf(context),
  );
  const metadata = {
    finalizers: withFinalizer(context),
    annotations: { [keys.create]: formatIntent(intent), ...annotationOfAccount(context) },
  };
  await memory.journals(intent, () => patchMetadata(context, metadata), now);
  memory.made = undefined;
  memory.settle("dead");
  const thing = await send(body, intent, context);
  if (markerOf(thing.label) !== resource.marker)
    connectionOf(context).trust.breakOff(
      `the provider labelled ${thing.id} ${JSON.stringify(thing.label)} instead of ${JSON.stringify(label)}, so nothing it makes can be told from what is not ours; have that mended, then start the operator anew`,
    );
  await keep(thing, context);
  return thing;
}

async function send(body: unknown, intent: Intent, context: ActContext): Promise<RemoteThing> {
  const { memory, now, signal } = context;
  const precondition = (): Promise<void> => requireStillWanted(context);
  const connection = connectionOf(context);
  try {
    const thing = await connection.remote.create(body, { signal, precondition });
    memory.settledAttempt = intent.attempt;
    // It may have waited long for its turn, and what was made just now may be slow to show.
    memory.intends(intent, now());
    memory.brought(thing.id, context.object, connection);
    memory.accepted(CREATE_EFFORT, now());
    return thing;
  } catch (error) {
    if (isRefusal(error)) memory.refusedAttempt = intent.attempt;
    // For the same reason: the quiet time counts from when the request was last heard of.
    else {
      memory.intends(intent, now());
      memory.unsettledAttempt = intent.attempt;
    }
    throw error;
  } finally {
    memory.lookAfter(now());
  }
}

/** Certain that nothing was made: the provider said so, or the request never left. */
function isRefusal(error: unknown): boolean {
  if (error instanceof KubeError) return true;
  return error instanceof ProviderError && error.kind !== "unknown-outcome";
}

async function change(
  action: Extract<Action, { do: "change" }>,
  context: ActContext,
): Promise<void> {
  const { runtime, memory, wish, now, signal } = context;
  const { id, operation } = action;
  const { judgedOperations = [] } = runtime.port.rules;
  if (judgedOperations.includes(operation)) await writeAsked(action, context);
  const precondition = async (): Promise<void> => requireSameMarker(id, context);
  try {
    const { remote } = connectionOf(context);
    await remote.change(id, operation, wish.fields, { signal, precondition });
    memory.accepted(effortOf(action), now());
  } finally {
    memory.lookAfter(now());
  }
}

/** Before the request leaves, so that whoever comes after this process can tell what became of it. */
async function writeAsked(
  action: Extract<Action, { do: "change" }>,
  context: ActContext,
): Promise<void> {
  const { resource, runtime, wallClock, signal } = context;
  const { operation } = action;
  if (isAskedFor(resource.asked, action)) return;
  const after = await connectionOf(context).remote.timeMark?.(action.id, operation, signal);
  if (after === undefined) throw new TypeError(`nothing tells what becomes of ${operation}`);
  const asked = {
    operation,
    wanted: wantedIn(action),
    after,
    time: wallClock().toISOString(),
    failedBefore: failuresBefore(resource.asked, operation),
  };
  await patchMetadata(context, { annotations: { [runtime.keys.change]: formatAsked(asked) } });
}

async function remove(
  action: Extract<Action, { do: "remove" }>,
  context: ActContext,
): Promise<void> {
  const { resource, memory, now, signal } = context;
  const { remote } = connectionOf(context);
  try {
    for (const id of action.ids) {
      const precondition = async (): Promise<void> => {
        requireSameMarker(id, context);
        await confirm(id, context);
      };
      // One after the other: the first failure stops the rest, and the next reconcile looks again.
      const isAccepted = await remote.remove(id, { signal, precondition });
      if (isAccepted) memory.deletedId = id;
      // On the way out its id is what the proof asks for; of what is to stay another one takes its place.
      const isLeaving = resource.isDeleting && !resource.isProtected;
      if (memory.made?.id === id && !isLeaving) memory.made = undefined;
    }
    memory.accepted(effortOf(action), now());
  } finally {
    memory.lookAfter(now());
  }
}

async function release(context: ActContext): Promise<void> {
  const { object, runtime, memory } = context;
  const finalizers = object.metadata.finalizers?.filter((name) => name !== runtime.keys.finalizer);
  await patchMetadata(context, { finalizers: finalizers ?? [] });
  memory.version.releasedVersion = object.metadata.resourceVersion;
  // Let go of with reason: nothing is to be taken back.
  memory.made = undefined;
  memory.orphan = undefined;
  memory.settle("dead");
  // What was let go of without proof may still be there, or appear; a namesake must know.
  const { deletionPolicy, managementPolicy } = context.resource;
  memory.isReleased = deletionPolicy === "Delete" && managementPolicy === "Full";
}

/** Where the thing is, beside the finalizer that says there may be one. */
function annotationOfAccount({ runtime, account }: ActContext): Record<string, string> {
  return account.name === undefined ? {} : { [runtime.keys.account]: account.name };
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
  await memory.version.writing(
    client.mergePatch(runtime.port, namespaceOf(object), name, patch, {}, signal),
    runtime.ownWrites,
  );
}
