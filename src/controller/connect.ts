import { findCondition } from "../api/conditions.ts";
import type { Obstacle, Wish } from "../core/situation.ts";
import { keyOf } from "../kube/kube-object.ts";
import type { Reference, Resolved } from "../provider/port.ts";
import { haveSameIds, isSameAccount } from "../provider/connection.ts";
import type { Choice } from "./account-choice.ts";
import { INDEX, type KindRuntime, type Kinds, referenceTo } from "./kind-runtime.ts";
import { type ManagedObject, namespaceOf } from "./managed-object.ts";

export interface Connected {
  readonly wish: Wish;
  readonly resolved: Resolved;
  readonly account: Choice;
}

/** What a resource asks for and of which account, once its references to other resources are looked up in the caches. Reads no network. */
export function connect(object: ManagedObject, runtime: KindRuntime, kinds: Kinds): Connected {
  const { port } = runtime;
  const account = runtime.accounts.of(object);
  const references = port.references(object.spec).map((reference) => ({
    reference,
    outcome: lookUp(reference, { namespace: namespaceOf(object), account, kinds }),
  }));
  const ids = references.flatMap(({ reference, outcome }) =>
    typeof outcome === "string" ? [[`${reference.kind}/${reference.name}`, outcome] as const] : [],
  );
  const resolved: Resolved = { ids: new Map(ids), secrets: new Map() };
  const obstacle =
    account.obstacle ??
    references.map(({ outcome }) => outcome).find((outcome) => typeof outcome !== "string");
  const rival = rivalOf(object, runtime);
  return {
    resolved,
    account,
    wish: {
      fields: port.fields(object.spec, resolved),
      users: usersOf(object, port.kind, kinds),
      ...(obstacle === undefined ? {} : { obstacle }),
      ...(account.noAccount === undefined ? {} : { noAccount: account.noAccount }),
      ...(rival === undefined ? {} : { rival }),
    },
  };
}

/** What stands in the way already comes first. */
export function withObstacle(wish: Wish, obstacle: Obstacle | undefined): Wish {
  return obstacle === undefined || wish.obstacle !== undefined ? wish : { ...wish, obstacle };
}

/** The remote id of a referred resource, or why it cannot be used yet. */
function lookUp(
  { kind, name, path }: Reference,
  { namespace, account, kinds }: { namespace: string; account: Choice; kinds: Kinds },
): string | Obstacle {
  const runtime = kinds.get(kind);
  const target = runtime?.store.get(`${namespace}/${name}`);
  if (target === undefined) {
    return notReady(
      `${kind} "${name}" does not exist in namespace ${namespace}; create it, or correct ${path}`,
    );
  }
  if (target.metadata.deletionTimestamp !== undefined) {
    return notReady(
      `${kind} "${name}" is being deleted; take it out of ${path}, or create it again`,
    );
  }
  const ready = findCondition(target.status?.conditions, "Ready");
  const id = target.status?.id;
  if (ready?.status !== "True" || id === undefined) {
    return notReady(`waits for ${kind} "${name}": ${ready?.message ?? "not looked at yet"}`);
  }
  // The same id is another thing there.
  if (runtime === undefined || areInOneAccount(account, runtime.accounts.of(target)) !== true) {
    return notReady(
      `${kind} "${name}" is in another account; take it out of ${path}, or put both into one account`,
    );
  }
  return String(id);
}

function areInOneAccount(a: Choice, b: Choice): boolean | undefined {
  if (a.connection === undefined || b.connection === undefined) return undefined;
  return isSameAccount(a.connection, b.connection);
}

/** Several users of one server may see one thing. */
function mayMeanTheSame(a: Choice, b: Choice): boolean {
  if (a.connection === undefined || b.connection === undefined) return true;
  return haveSameIds(a.connection, b.connection);
}

function notReady(message: string): Obstacle {
  return { reason: "DependencyNotReady", message, isStalled: false };
}

function usersOf(object: ManagedObject, kind: string, kinds: Kinds): string[] {
  const reference = referenceTo(kind, namespaceOf(object), object.metadata.name);
  return [...kinds.values()].flatMap(({ store, port }) =>
    store.byIndex(INDEX.reference, reference).map((user) => `${port.kind} "${user.metadata.name}"`),
  );
}

/** Another resource that steers the thing this one wants to adopt: its maker, whoever has it, or whoever asked for it earlier. */
function rivalOf(
  object: ManagedObject,
  { store, port, accounts }: KindRuntime,
): string | undefined {
  const adopt = object.spec.adopt;
  if (adopt === undefined || object.spec.managementPolicy === "ObserveOnly") return undefined;
  const rival = store
    .byIndex(INDEX.remoteId, String(adopt.id))
    .filter((other) => other.metadata.uid !== object.metadata.uid && isAhead(other, object))
    // The same id elsewhere is another thing; where nobody knows, it may be this one.
    .find((other) => mayMeanTheSame(accounts.of(object), accounts.of(other)));
  return rival && `${port.kind} "${keyOf(rival)}"`;
}

function isAhead(other: ManagedObject, object: ManagedObject): boolean {
  if (other.spec.managementPolicy === "ObserveOnly") return false;
  if (other.spec.adopt === undefined) return true;
  if (hasAdopted(other) !== hasAdopted(object)) return hasAdopted(other);
  return claimOrder(other) < claimOrder(object);
}

/** It has recorded what it asked for, and so it steers it. Times of creation count whole seconds only. */
function hasAdopted({ spec, status }: ManagedObject): boolean {
  return status?.id !== undefined && String(status.id) === String(spec.adopt?.id);
}

function claimOrder({ metadata }: ManagedObject): string {
  return `${metadata.creationTimestamp ?? ""} ${metadata.uid}`;
}
