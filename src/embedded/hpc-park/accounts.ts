import { DEFAULT_BALANCE, DEFAULT_USER, type Limits, type User } from "./settings.ts";
import type { Token } from "./tokens.ts";

/** What was paid in. */
export interface Deposit {
  readonly roubles: number;
  /** What had been spent before, and so is not taken off it. */
  readonly spentBeforeKopecks: number;
  /** Whether there is always money, whatever the balance says. */
  readonly isEndless: boolean;
}

/** One user of the service, with all that is the user's alone. */
export interface Account {
  user: User;
  limits: Limits;
  deposit: Deposit;
}

/** All users. The main one is there from the start, and is who stands behind a token that names no user. */
export class Accounts {
  readonly #byId = new Map<number, Account>();
  #main: Account;

  constructor(user: Partial<User> = {}, limits: Limits = {}) {
    this.#main = this.add({ ...DEFAULT_USER, ...user }, { balance: DEFAULT_BALANCE, ...limits });
  }

  get main(): Account {
    return this.#main;
  }

  all(): Account[] {
    return [...this.#byId.values()];
  }

  get(id: number): Account | undefined {
    return this.#byId.get(id);
  }

  of({ userId }: Pick<Token, "userId">): Account {
    return (userId === null ? undefined : this.#byId.get(userId)) ?? this.#main;
  }

  add(user: User, limits: Limits): Account {
    const account = { user, limits, deposit: depositOf(limits, 0) };
    this.#byId.set(user.id, account);
    return account;
  }

  /** Puts another user behind all tokens that name none. One who is new has the limits of the one before. */
  setMain(changes: Partial<User>): void {
    const user = { ...this.#main.user, ...changes };
    const known = this.#byId.get(user.id);
    if (known === undefined) this.#main = this.add(user, this.#main.limits);
    else {
      known.user = { ...known.user, ...changes };
      this.#main = known;
    }
  }

  freeId(): number {
    return Math.max(...this.#byId.keys()) + 1;
  }
}

export function depositOf({ balance }: Limits, spentBeforeKopecks: number): Deposit {
  return { roubles: balance ?? 0, spentBeforeKopecks, isEndless: balance === undefined };
}
