import { isDeepStrictEqual } from "node:util";
import { keyOf } from "../kube/kube-object.ts";
import { Store } from "../kube/store.ts";
import type { AccountPort } from "../provider/account-port.ts";
import type { Connection } from "../provider/connection.ts";
import type { SessionOptions, Standing } from "../provider/session.ts";
import { Sessions } from "../provider/sessions.ts";
import { AccountBook } from "./account-book.ts";
import type { AccountChooser } from "./account-choice.ts";
import { AccountController, type AccountControllerOptions } from "./account-controller.ts";
import type { AccountHolder } from "./account-holder.ts";
import type { AccountObject } from "./account-object.ts";
import type { Kinds } from "./kind-runtime.ts";
import { type ManagedObject, namespaceOf } from "./managed-object.ts";
import { wakeWhere } from "./triggers.ts";
import { type QueueObserver, Workqueue } from "./workqueue.ts";

export interface AccountsOptions extends Omit<
  AccountControllerOptions,
  "store" | "queue" | "holders" | "sessions" | "usersOf" | "wakeUsersOf" | "onChange"
> {
  readonly port: AccountPort;
  /** The operator's own account, by kind of resource. */
  readonly own: (kind: string) => Connection | undefined;
  readonly connect: SessionOptions["connect"];
  readonly kinds: () => Kinds;
  readonly onSuspicion: (standing: Standing, suspicion: string | undefined) => void;
  readonly observeQueue: (kind: string) => QueueObserver | undefined;
}

/** The account objects of the cluster, and which resource uses which. */
export class Accounts {
  readonly port: AccountPort;
  readonly store: Store<AccountObject>;
  readonly holders = new Map<string, AccountHolder>();
  readonly sessions: Sessions;
  readonly book: AccountBook;
  readonly #options: AccountsOptions;
  readonly queue: Workqueue;

  constructor(options: AccountsOptions) {
    const { port, keys, own, now, random, log, observeQueue } = options;
    this.#options = options;
    this.port = port;
    this.store = new Store<AccountObject>((error) =>
      log("error", "a change of an account could not be handled", { err: error }),
    );
    this.sessions = new Sessions(options);
    this.book = new AccountBook({
      kind: port.kind,
      reference: port.reference,
      keys,
      store: this.store,
      holders: this.holders,
      own,
    });
    this.queue = new Workqueue({ now, random, observer: observeQueue(port.kind) });
  }

  chooser(kind: string): AccountChooser {
    return {
      of: (object) => this.book.choose(object, kind),
      connections: () => this.#connections(kind),
    };
  }

  /** Works until `drain`. Only the leader calls it. */
  async work(): Promise<void> {
    const stops = this.#watch();
    for (const account of this.store.list()) this.queue.add(keyOf(account));
    await new AccountController({
      ...this.#options,
      store: this.store,
      queue: this.queue,
      holders: this.holders,
      sessions: this.sessions,
      usersOf: (account) => this.#usersOf(account),
      wakeUsersOf: (key) => this.#wakeUsersOf(key),
      onChange: (key) => {
        this.queue.add(key);
        this.#wakeUsersOf(key);
      },
    }).run();
    for (const stop of stops) stop();
  }

  drain(): void {
    this.queue.shutDown();
  }

  *#connections(kind: string): Iterable<Connection> {
    const own = this.#options.own(kind);
    if (own !== undefined) yield own;
    for (const session of this.sessions)
      for (const [each, connection] of session.connections()) if (each === kind) yield connection;
  }

  #watch(): (() => void)[] {
    const ofAccounts = this.store.onChange((key, current, previous) => {
      if (!isDeepStrictEqual(this.#userSide(current), this.#userSide(previous)))
        this.queue.add(key);
      // Whoever names no account may go by another one now.
      if (
        current === undefined ||
        previous === undefined ||
        isLeaving(current) !== isLeaving(previous)
      )
        this.#wakeNamespaceOf(current ?? previous);
    });
    const ofResources = [...this.#options.kinds().values()].map(({ store }) =>
      store.onChange((_, current, previous) => {
        if (current === undefined && previous !== undefined) this.#tellLeaving(previous);
      }),
    );
    return [ofAccounts, ...ofResources];
  }

  /** An account that is on its way out waits for its users to go. */
  #tellLeaving(resource: ManagedObject): void {
    const key = this.book.keyOf(resource);
    const account = key === undefined ? undefined : this.store.get(key);
    if (account !== undefined && isLeaving(account)) this.queue.add(keyOf(account));
  }

  #userSide(account: AccountObject | undefined): unknown {
    if (account === undefined) return undefined;
    const { uid, generation, deletionTimestamp, finalizers, annotations } = account.metadata;
    const { keys } = this.#options;
    const asked = [keys.acknowledgeUser, keys.reconcileRequestedAt].map(
      (key) => annotations?.[key],
    );
    return { uid, generation, deletionTimestamp, finalizers, asked };
  }

  #usersOf(account: AccountObject): readonly string[] {
    return [...this.#options.kinds().values()].flatMap(({ port, store }) =>
      this.book.usersOf(account, port.kind, store.list()),
    );
  }

  #wakeUsersOf(accountKey: string): void {
    for (const runtime of this.#options.kinds().values())
      wakeWhere(runtime, (object) => this.book.keyOf(object) === accountKey);
  }

  #wakeNamespaceOf(account: AccountObject | undefined): void {
    if (account === undefined) return;
    const namespace = namespaceOf(account);
    for (const runtime of this.#options.kinds().values())
      wakeWhere(runtime, (object) => namespaceOf(object) === namespace);
  }
}

function isLeaving({ metadata }: AccountObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}
