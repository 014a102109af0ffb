import { backoffMs } from "../core/backoff.ts";
import type { Timing } from "../core/situation.ts";
import { type InTrace, untraced } from "../core/tracing.ts";
import { KubeError } from "../kube/errors.ts";
import type { ReflectorLog } from "../kube/reflector.ts";
import type { Store } from "../kube/store.ts";
import { AccountHolder, type HolderDependencies } from "./account-holder.ts";
import type { AccountObject } from "./account-object.ts";
import { type AccountReporting, reportAccount } from "./account-report.ts";
import { namespaceOf } from "./managed-object.ts";
import { keepMirrors, type Mirroring } from "./account-mirrors.ts";
import { dropCopy, keepCopy } from "./token-copy.ts";
import type { Workqueue } from "./workqueue.ts";

/** Accounts at a time: each waits for its server most of the time. */
const CONCURRENCY = 4;

/** One reconcile of an account. */
export interface ToldAccount {
  readonly durationMs: number;
  readonly againMs?: number | undefined;
  readonly error?: unknown;
}

export interface AccountControllerOptions extends AccountReporting, HolderDependencies, Mirroring {
  readonly store: Store<AccountObject>;
  readonly queue: Workqueue;
  readonly holders: Map<string, AccountHolder>;
  readonly timing: Timing;
  readonly random: () => number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly log: ReflectorLog;
  readonly inTrace?: InTrace | undefined;
  readonly tellAccount: (kind: string, told: ToldAccount) => void;
  /** Names of the resources that use it. */
  readonly usersOf: (account: AccountObject) => readonly string[];
  /** Wakes those who use it. */
  readonly wakeUsersOf: (key: string) => void;
}

/** Keeps each account object at work: its token proven, its state shown, and itself held as long as anything uses it. */
export class AccountController {
  readonly #options: AccountControllerOptions;
  readonly #failures = new Map<string, number>();

  constructor(options: AccountControllerOptions) {
    this.#options = options;
  }

  /** Works until the queue is shut down. */
  async run(): Promise<void> {
    await Promise.all(Array.from({ length: CONCURRENCY }, () => this.#work()));
  }

  async #work(): Promise<void> {
    const { queue } = this.#options;
    for (;;) {
      const key = await queue.take();
      if (key === undefined) return;
      await this.#handle(key);
      queue.done(key);
    }
  }

  async #handle(key: string): Promise<void> {
    const { store, port, inTrace = untraced } = this.#options;
    const account = store.get(key);
    if (account === undefined) return this.#leave(key);
    const { kind } = port;
    return inTrace({ verb: "reconcile", kind, key }, () => this.#attend(key, account));
  }

  async #attend(key: string, account: AccountObject): Promise<void> {
    const { queue, log } = this.#options;
    const startedMs = this.#options.now();
    try {
      const againMs = await this.#reconcile(key, account);
      queue.forget(key);
      if (againMs !== undefined) queue.addAfter(key, againMs);
      this.#tell(startedMs, { againMs });
    } catch (error) {
      queue.addRateLimited(key);
      this.#tell(startedMs, { error });
      const isExpected =
        error instanceof KubeError && ["conflict", "not-found"].includes(error.kind);
      if (!isExpected) log("warn", "an account could not be looked after", { key, err: error });
    }
  }

  #tell(startedMs: number, told: Omit<ToldAccount, "durationMs">): void {
    const { port, tellAccount, now } = this.#options;
    tellAccount(port.kind, { ...told, durationMs: now() - startedMs });
  }

  /** Returns when to come back; undefined where it has been let go of. */
  async #reconcile(key: string, account: AccountObject): Promise<number | undefined> {
    const { usersOf, wakeUsersOf, keys, log } = this.#options;
    const isDeleting = account.metadata.deletionTimestamp !== undefined;
    const hasFinalizer = account.metadata.finalizers?.includes(keys.accountFinalizer) ?? false;
    if (isDeleting && !hasFinalizer) return undefined;
    if (isDeleting) await keepMirrors(account, undefined, this.#options);
    if (isDeleting && usersOf(account).length === 0) return this.#release(account);
    // Nobody may use it before it is held: what is made in it could not be deleted without it.
    if (!hasFinalizer) return this.#hold(account);
    const holder = this.#holderOf(key, account);
    const before = holder.outlook;
    await holder.refresh();
    if (holder.outlook !== before) wakeUsersOf(key);
    await this.#keepCopy(key, holder);
    const isWritten = await reportAccount(account, holder, usersOf(account), this.#options);
    if (isWritten)
      log("info", "the account has changed", {
        account: key,
        reason: holder.problem?.reason ?? "TokenAccepted",
      });
    await keepMirrors(account, holder, this.#options);
    return this.#againAfter(key, account, holder);
  }

  #holderOf(key: string, account: AccountObject): AccountHolder {
    const { holders } = this.#options;
    const known = holders.get(key);
    if (known?.uid === account.metadata.uid) {
      known.object = account;
      return known;
    }
    known?.close();
    const holder = new AccountHolder(account, this.#options);
    holders.set(key, holder);
    return holder;
  }

  /** At rest as often as the account says; sooner, and ever less often, while its server cannot be asked. */
  #againAfter(key: string, account: AccountObject, holder: AccountHolder): number {
    const { port, timing, random } = this.#options;
    const { pollMs = timing.restMs } = port.terms(account.spec);
    const isOpen = holder.problem?.isStalled === false;
    const failures = isOpen ? (this.#failures.get(key) ?? 0) + 1 : 0;
    this.#failures.set(key, failures);
    if (!isOpen) return pollMs;
    return backoffMs(
      { baseMs: timing.activeMs, capMs: Math.max(pollMs, timing.activeMs) },
      failures,
      random(),
    );
  }

  async #hold(account: AccountObject): Promise<number> {
    await this.#patchFinalizers(account, [
      ...(account.metadata.finalizers ?? []),
      this.#options.keys.accountFinalizer,
    ]);
    // The event of this patch brings it back.
    return this.#options.timing.restMs;
  }

  async #release(account: AccountObject): Promise<undefined> {
    const { keys } = this.#options;
    await dropCopy(account, this.#options);
    const finalizers = account.metadata.finalizers ?? [];
    await this.#patchFinalizers(
      account,
      finalizers.filter((name) => name !== keys.accountFinalizer),
    );
  }

  /** It is needed only where this process ends before the account does, so the account works without it. */
  async #keepCopy(key: string, holder: AccountHolder): Promise<void> {
    const { token } = holder;
    if (token === undefined || token === holder.copiedToken) return;
    try {
      await keepCopy(holder.object, token, this.#options);
      holder.copiedToken = token;
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      // Said once for each token; in a namespace that is on its way out none can be made.
      if (error.kind === "forbidden") holder.copiedToken = token;
      this.#options.log("warn", "the token of an account could not be copied", { key, err: error });
    }
  }

  async #patchFinalizers(account: AccountObject, finalizers: readonly string[]): Promise<void> {
    const { client, port, signal } = this.#options;
    const { name, uid, resourceVersion } = account.metadata;
    const patch = { metadata: { uid, resourceVersion, finalizers } };
    await client.mergePatch(port, namespaceOf(account), name, patch, {}, signal);
  }

  #leave(key: string): void {
    const { holders, queue, wakeUsersOf } = this.#options;
    holders.get(key)?.close();
    holders.delete(key);
    this.#failures.delete(key);
    queue.forget(key);
    wakeUsersOf(key);
  }
}
