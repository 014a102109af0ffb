import type { Condition, ConditionClaim } from "../api/conditions.ts";
import type { KubeClient } from "../kube/client.ts";
import type { EventRecorder } from "../kube/events.ts";
import type { Choice } from "./account-choice.ts";
import type { KindRuntime } from "./kind-runtime.ts";
import { type ManagedObject, namespaceOf } from "./managed-object.ts";
import type { ResourceMemory } from "./memory.ts";
import type { Result } from "./result.ts";
import { statusPatch } from "./status-patch.ts";

export interface ReportContext {
  readonly object: ManagedObject;
  readonly runtime: KindRuntime;
  readonly memory: ResourceMemory;
  readonly account: Choice;
  readonly client: KubeClient;
  readonly events: EventRecorder;
  readonly wallClock: () => Date;
  readonly signal: AbortSignal;
}

/** Waiting of this kind is part of an ordered life, not a warning. */
const ORDERLY: ReadonlySet<string> = new Set([
  "Paused",
  "DependencyNotReady",
  "FinalizersRemain",
  "Settling",
  "Missing",
  "Replacing",
  "AccountNotReady",
]);

/** Writes at most one status patch, and says what has changed in one event. Returns whether anything was written. */
export async function report(result: Result, context: ReportContext): Promise<boolean> {
  const { object, runtime, events } = context;
  const { port } = runtime;
  const subject = { ...object, apiVersion: `${port.group}/${port.version}`, kind: port.kind };
  const headline = headlineOf(result.claims);
  const before = headlineOf(object.status?.conditions ?? []);
  const isToWrite = result.action !== "release" && result.isToBeSeen !== true;
  const isWritten = isToWrite && (await writeStatus(result, context));
  if (result.notice !== undefined) events.record(subject, result.notice);
  // What was done says more than the state it led to.
  if (
    result.notice === undefined &&
    result.isToBeSeen !== true &&
    headline !== undefined &&
    headline.reason !== before?.reason
  ) {
    events.record(subject, {
      type: eventType(headline),
      reason: headline.reason,
      message: headline.message,
    });
  }
  return isWritten;
}

async function writeStatus(result: Result, context: ReportContext): Promise<boolean> {
  const { object, runtime, memory, client, signal } = context;
  if (result.claims.length === 0) return false;
  const asked = object.metadata.annotations?.[runtime.keys.reconcileRequestedAt];
  const status = statusPatch({
    object,
    claims: result.claims,
    thing: result.thing,
    forgets: result.forgets,
    seenWith: result.seenWith,
    account: context.account.name,
    statusId: (id) => runtime.port.statusId(id),
    handledReconcileAt: result.hasLooked ? asked : undefined,
    at: context
      .wallClock()
      .toISOString()
      .replace(/\.\d+Z$/, "Z"),
  });
  if (status === undefined) return false;
  const { name } = object.metadata;
  // The version makes the API server refuse the patch where another object has taken the name; on a status patch it ignores the uid.
  const resourceVersion = memory.version.latest(object.metadata.resourceVersion);
  const patch = { metadata: { resourceVersion }, status };
  await memory.version.writing(
    client.mergePatch(
      runtime.port,
      namespaceOf(object),
      name,
      patch,
      { subresource: "status" },
      signal,
    ),
    runtime.ownWrites,
  );
  return true;
}

/** The condition that tells a person most: what stalls it, else what keeps it from being in sync, else how ready it is. */
export function headlineOf<Claim extends ConditionClaim | Condition>(
  claims: readonly Claim[],
): Claim | undefined {
  const find = (type: string): Claim | undefined => claims.find((claim) => claim.type === type);
  const synced = find("Synced");
  return find("Stalled") ?? (synced?.status === "True" ? undefined : synced) ?? find("Ready");
}

function eventType({ type, status, reason }: ConditionClaim): "Normal" | "Warning" {
  if (ORDERLY.has(reason)) return "Normal";
  return type === "Stalled" || (type === "Synced" && status !== "True") ? "Warning" : "Normal";
}
