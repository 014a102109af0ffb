import { isDeepStrictEqual } from "node:util";
import { mergeConditions } from "../api/conditions.ts";
import { judgeAccount } from "../core/account-verdict.ts";
import type { KubeClient } from "../kube/client.ts";
import type { EventRecorder } from "../kube/events.ts";
import type { AccountPort } from "../provider/account-port.ts";
import type { AccountHolder } from "./account-holder.ts";
import type { AccountObject } from "./account-object.ts";
import { namespaceOf } from "./managed-object.ts";
import { headlineOf } from "./report.ts";

export interface AccountReporting {
  readonly port: AccountPort;
  readonly client: KubeClient;
  readonly events: EventRecorder;
  readonly wallClock: () => Date;
  readonly signal: AbortSignal;
}

/** Writes what is known of an account, and says in one event what has changed. Returns whether anything was written. */
export async function reportAccount(
  account: AccountObject,
  holder: AccountHolder,
  users: readonly string[],
  { port, client, events, wallClock, signal }: AccountReporting,
): Promise<boolean> {
  const { status: before = {}, metadata } = account;
  const at = wallClock();
  const remarks = holder.session?.remarks;
  const claims = judgeAccount({
    summary: holder.token === undefined ? undefined : holder.facts?.summary,
    problem: holder.problem ?? remarks?.obstacle,
    distrust: holder.distrust,
    isBound: holder.boundTo !== undefined,
    expiresInMs:
      holder.facts?.expiresAtMs === undefined ? undefined : holder.facts.expiresAtMs - at.getTime(),
    isDeleting: metadata.deletionTimestamp !== undefined,
    users,
  });
  const generation = metadata.generation ?? 0;
  const after: Record<string, unknown> = {
    ...before,
    ...defined(holder.facts?.status ?? {}),
    ...remarks?.status,
    observedGeneration: generation,
    ...(holder.boundTo === undefined ? {} : { boundTo: holder.boundTo }),
    conditions: mergeConditions(
      before.conditions,
      claims,
      generation,
      at.toISOString().replace(/\.\d+Z$/, "Z"),
    ),
  };
  const changed = Object.entries(after).filter(
    ([field, value]) => !isDeepStrictEqual(before[field as keyof typeof before], value),
  );
  const headline = headlineOf(claims);
  const isNews = headline?.reason !== headlineOf(before.conditions ?? [])?.reason;
  if (changed.length === 0) return false;
  const patch = {
    metadata: { resourceVersion: metadata.resourceVersion },
    status: Object.fromEntries(changed),
  };
  await client.mergePatch(
    port,
    namespaceOf(account),
    metadata.name,
    patch,
    { subresource: "status" },
    signal,
  );
  if (isNews && headline !== undefined) {
    const { reason, message } = headline;
    const type = headline.type === "Ready" && headline.status === "True" ? "Normal" : "Warning";
    const subject = { ...account, apiVersion: `${port.group}/${port.version}`, kind: port.kind };
    events.record(subject, { type, reason, message });
  }
  return true;
}

/** What could not be read stays as it was. */
function defined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const copy: unknown = JSON.parse(JSON.stringify(fields));
  return typeof copy === "object" && copy !== null ? { ...copy } : {};
}
