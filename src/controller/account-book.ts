import {
  DEFAULT_ACCOUNT,
  objectNameIn,
  rememberedAccount,
  OPERATORS_OWN,
} from "../core/account-name.ts";
import type { Remembered } from "../core/account-name.ts";
import type { MetadataKeys } from "../api/metadata.ts";
import { parseIntent } from "../core/journal.ts";
import { nameOfLoss, type Obstacle } from "../core/situation.ts";
import { keyOf } from "../kube/kube-object.ts";
import type { Store } from "../kube/store.ts";
import type { AccountReference } from "../provider/account-port.ts";
import type { Connection } from "../provider/connection.ts";
import type { Choice } from "./account-choice.ts";
import type { AccountHolder } from "./account-holder.ts";
import type { AccountObject } from "./account-object.ts";
import { type ManagedObject, namespaceOf } from "./managed-object.ts";

export interface AccountBookOptions {
  readonly kind: string;
  readonly reference: AccountReference;
  readonly keys: MetadataKeys;
  readonly store: Store<AccountObject>;
  /** By the key of the account object. */
  readonly holders: ReadonlyMap<string, AccountHolder>;
  /** The operator's own account, by kind of resource. */
  readonly own: (kind: string) => Connection | undefined;
}

/**
 * Says in which account each object is. What may have been made already stays where it was made, whatever accounts come and go; only what was
 * never made is free to go where the spec, and then the namespace's default, say.
 */
export class AccountBook {
  readonly #options: AccountBookOptions;

  constructor(options: AccountBookOptions) {
    this.#options = options;
  }

  choose(object: ManagedObject, kind: string): Choice {
    const remembered = this.#remembered(object);
    const key = this.#keyOf(object, remembered);
    const ownConnection = key === undefined ? this.#options.own(kind) : undefined;
    const choice =
      key === undefined
        ? this.#ofOperator(ownConnection)
        : this.#ofAccount(object, kind, key, remembered);
    const obstacle = this.#contradiction(object, remembered);
    if (obstacle === undefined) return choice;
    // By a marker nobody gets what is another's; by an annotation and an id somebody might.
    const isMarkedOnly = object.spec.adopt === undefined || remembered?.isProven === true;
    return isMarkedOnly ? { ...choice, obstacle } : { noAccount: obstacle };
  }

  /** Key of the account object that an object uses; undefined for the operator's own account. */
  keyOf(object: ManagedObject): string | undefined {
    return this.#keyOf(object, this.#remembered(object));
  }

  #keyOf(object: ManagedObject, remembered: Remembered | undefined): string | undefined {
    const name = remembered === undefined ? this.#wanted(object) : objectNameIn(remembered.account);
    return name === undefined ? undefined : `${namespaceOf(object)}/${name}`;
  }

  #wanted(object: ManagedObject): string | undefined {
    const named = this.#options.reference.nameIn(object.spec);
    if (named !== undefined) return named;
    const hasDefault =
      this.#options.store.get(`${namespaceOf(object)}/${DEFAULT_ACCOUNT}`) !== undefined;
    return hasDefault ? DEFAULT_ACCOUNT : undefined;
  }

  /** Where a person says that nothing is left there, it no longer matters where it was. */
  #remembered({ metadata, status }: ManagedObject): Remembered | undefined {
    const { keys, reference } = this.#options;
    const intent = parseIntent(metadata.annotations?.[keys.create]);
    const recordedId = status?.id === undefined ? undefined : String(status.id);
    const loss = nameOfLoss({ recordedId, intent });
    if (loss !== undefined && metadata.annotations?.[keys.acknowledgeGone] === loss)
      return undefined;
    return rememberedAccount({
      recorded: status?.account,
      hasRecordedId: recordedId !== undefined,
      annotated: metadata.annotations?.[keys.account],
      hasIntent: intent !== undefined,
      isAlwaysNamed: reference.isRequired === true,
    });
  }

  #ofOperator(connection: Connection | undefined): Choice {
    if (connection !== undefined) return { name: OPERATORS_OWN, connection };
    const { kind, reference } = this.#options;
    const message = `the operator has no account of its own there; name a ${kind} in ${reference.path}`;
    return { noAccount: { reason: "AccountNotFound", message, isStalled: true } };
  }

  #ofAccount(
    object: ManagedObject,
    kind: string,
    key: string,
    remembered: Remembered | undefined,
  ): Choice {
    const what = `${this.#options.kind} "${key.slice(key.indexOf("/") + 1)}"`;
    const account = this.#options.store.get(key);
    if (account === undefined) return { noAccount: this.#absent(what, object, remembered) };
    const holder = this.#options.holders.get(key);
    if (holder === undefined || holder.uid !== account.metadata.uid) return unasked(what);
    if (holder.name !== undefined && remembered !== undefined && remembered.account !== holder.name)
      return { noAccount: differs(what, remembered, holder.name) };
    if (remembered === undefined && account.metadata.deletionTimestamp !== undefined)
      return notReady(`${what} is being deleted; delete this as well, or create that again`);
    const connection = holder.token === undefined ? undefined : holder.session?.connection(kind);
    if (connection !== undefined && holder.name !== undefined)
      return { name: holder.name, connection };
    return holder.isAsked
      ? notReady(`waits for ${what}: ${holder.problem?.message ?? "not looked at yet"}`)
      : unasked(what);
  }

  #absent(what: string, object: ManagedObject, remembered: Remembered | undefined): Obstacle {
    const where = `${what} does not exist in namespace ${namespaceOf(object)}`;
    const message =
      remembered === undefined
        ? `${where}; create it, or correct ${this.#options.reference.path}`
        : `${where}, and this was made in it (${remembered.account}); create it again for the same user`;
    return { reason: "AccountNotFound", message, isStalled: true };
  }

  /** The record and the spec do not agree: it is looked for where the record says, and made nowhere. */
  #contradiction(object: ManagedObject, remembered: Remembered | undefined): Obstacle | undefined {
    if (remembered === undefined) return undefined;
    const wanted = this.#wanted(object);
    const name = objectNameIn(remembered.account);
    if (wanted === name) return undefined;
    const where = nameInWords(name, this.#options.kind);
    const { reference } = this.#options;
    if (reference.nameIn(object.spec) !== undefined) {
      const message = `${reference.path} cannot be changed: this is in ${where}; put it back, or delete this resource and apply it again`;
      return { reason: "ImmutableDiffers", message, isStalled: true };
    }
    // Who is recorded in the status stays there, although there is another default by now.
    if (remembered.isProven) return undefined;
    const message = `it was to be made in ${where}, and now ${nameInWords(wanted, this.#options.kind)} counts; nothing is made; delete this resource and apply it again`;
    return { reason: "AccountDiffers", message, isStalled: true };
  }

  /** Names of the resources among `objects` that use an account. */
  usersOf(account: AccountObject, kind: string, objects: Iterable<ManagedObject>): string[] {
    const key = keyOf(account);
    const { namespace } = account.metadata;
    return [...objects]
      .filter((object) => object.metadata.namespace === namespace && this.keyOf(object) === key)
      .map(({ metadata }) => `${kind} "${metadata.name}"`);
  }
}

function notReady(message: string, isUnasked?: true): Choice {
  const obstacle = { reason: "AccountNotReady", message, isStalled: false } as const;
  return { noAccount: isUnasked === undefined ? obstacle : { ...obstacle, isUnasked } };
}

/** At the start, and when it has just come. */
function unasked(what: string): Choice {
  return notReady(`waits for ${what}: not looked at yet`, true);
}

function differs(what: string, { account }: Remembered, present: string): Obstacle {
  return {
    reason: "AccountDiffers",
    message: `this is in ${account}, and ${what} stands for ${present} now; make it stand for the former user again, or say with the annotation acknowledge-gone that the thing is gone`,
    isStalled: true,
  };
}

function nameInWords(name: string | undefined, kind: string): string {
  return name === undefined ? "the operator's own account" : `${kind} "${name}"`;
}
