import { Accounts } from "./accounts.ts";
import { type Clock, type PassingClock, passingClock } from "../simulator/clock.ts";
import type { Effect } from "../simulator/effect.ts";
import type { ContractChanges, Live } from "./contract-changes.ts";
import type { Instance } from "./instance.ts";
import type { Invoice } from "./invoice.ts";
import { Meter } from "./meter.ts";
import type { Namespace } from "./namespace.ts";
import type { Prepaid } from "./prepaid.ts";
import { type BillingTerms, DEFAULT_PRICES, DEFAULT_TERMS, type Prices } from "./prices.ts";
import { notFound } from "./refusal.ts";
import {
  DEFAULT_CATALOGUE,
  DEFAULT_TIMINGS,
  type Catalogue,
  type Limits,
  type Section,
  type StatePath,
  type Timings,
  type User,
} from "./settings.ts";
import type { Storage } from "./storage.ts";
import { type Owner, type Thing, type ThingKind, Things } from "./thing.ts";
import { grantKey, type Token, Tokens } from "./tokens.ts";

export interface ParkOptions {
  readonly clock: Clock;
  readonly timings?: Partial<Timings> | undefined;
  readonly limits?: Limits | undefined;
  readonly catalogue?: Partial<Catalogue> | undefined;
  readonly user?: Partial<User> | undefined;
  readonly statePath?: StatePath | undefined;
  readonly contractChanges?: ContractChanges | undefined;
  readonly prices?: Partial<Prices> | undefined;
  readonly billingTerms?: Partial<BillingTerms> | undefined;
}

/** Far apart, so that an id taken for one of another kind is found out. */
const FIRST_ID = { instance: 1_001, storage: 301, namespace: 41 } as const;

/** Everything the simulated service knows. Operations change it; they never wait, so each is atomic. */
export class Park {
  readonly clock: PassingClock;
  readonly accounts: Accounts;
  readonly tokens: Tokens;
  readonly instances: Things<Instance>;
  readonly storages: Things<Storage>;
  readonly namespaces: Things<Namespace>;
  readonly meter = new Meter();
  readonly invoices: Invoice[] = [];
  readonly prepaid: Prepaid[] = [];
  catalogue: Catalogue;
  timings: Timings;
  prices: Prices;
  billingTerms: BillingTerms;
  /** The sections that an ordinary token may not use at all. */
  masterOnly: readonly Section[] = [];
  statePath: StatePath;
  contractChanges: ContractChanges;

  constructor(options: ParkOptions) {
    this.clock = passingClock(options.clock);
    const { now } = this.clock;
    this.accounts = new Accounts(options.user, options.limits);
    this.tokens = new Tokens(this.clock);
    this.instances = new Things(now, FIRST_ID.instance);
    this.storages = new Things(now, FIRST_ID.storage);
    this.namespaces = new Things(now, FIRST_ID.namespace);
    this.catalogue = { ...DEFAULT_CATALOGUE, ...options.catalogue };
    this.timings = { ...DEFAULT_TIMINGS, ...options.timings };
    this.prices = { ...DEFAULT_PRICES, ...options.prices };
    this.billingTerms = { ...DEFAULT_TERMS, ...options.billingTerms };
    this.statePath = options.statePath ?? "slash";
    this.contractChanges = options.contractChanges ?? {};
  }

  /** What the live description follows from. */
  get live(): Live {
    const { statePath, contractChanges, catalogue } = this;
    return { statePath, changes: contractChanges, catalogue };
  }

  things(kind: ThingKind): Things<Instance> | Things<Storage> | Things<Namespace> {
    switch (kind) {
      case "instance":
        return this.instances;
      case "storage":
        return this.storages;
      case "namespace":
        return this.namespaces;
    }
  }

  /** A master token sees everything of the user; an ordinary one what was created with it or granted. */
  canSee(token: Token, kind: ThingKind, thing: Thing): boolean {
    if (thing.userId !== this.accounts.of(token).user.id) return false;
    if (token.master || thing.tokenId === token.id) return true;
    return token.grants.has(grantKey(kind, thing.id));
  }

  visible<T extends Thing>(token: Token, kind: ThingKind, things: Things<T>): T[] {
    return things.all().filter((thing) => this.canSee(token, kind, thing));
  }

  find<T extends Thing>(token: Token, kind: ThingKind, things: Things<T>, id: number): T {
    const thing = things.get(id);
    if (thing === undefined || !this.canSee(token, kind, thing)) throw notFound();
    return thing;
  }

  /** When a thing was made, or a token. */
  madeAtMs(kind: ThingKind | "token", id: number): number | undefined {
    const known = kind === "token" ? this.tokens : this.things(kind);
    return known.get(id)?.createdMs;
  }

  /** The owner of what is made with a token. */
  ownerOf(token: Token): Owner {
    return { tokenId: token.id, userId: this.accounts.of(token).user.id };
  }

  /** What a new thing begins with. */
  birth({ tokenId, userId }: Owner): Owner & Pick<Thing, "createdAt" | "createdMs"> {
    return {
      tokenId,
      userId,
      createdAt: new Date(this.clock.wall()).toISOString(),
      createdMs: this.clock.now(),
    };
  }

  effect(what: Effect["what"], kind: ThingKind, thing: Thing): Effect {
    const { goneAtMs } = thing.life;
    return {
      what,
      kind,
      id: thing.id,
      label: thing.label,
      atMs: this.clock.now(),
      ...(goneAtMs === undefined ? {} : { goneAtMs }),
    };
  }
}
