import type { Clock } from "./clock.ts";
import type { Instance } from "./instance.ts";
import type { Namespace } from "./namespace.ts";
import type { Effect } from "./outcome.ts";
import { notFound } from "./refusal.ts";
import {
  DEFAULT_BALANCE,
  DEFAULT_CATALOGUE,
  DEFAULT_TIMINGS,
  DEFAULT_USER,
  type Catalogue,
  type Limits,
  type StatePath,
  type Timings,
  type User,
} from "./settings.ts";
import type { Storage } from "./storage.ts";
import { type Thing, type ThingKind, Things } from "./thing.ts";
import { grantKey, type Token, Tokens } from "./tokens.ts";

export interface ParkOptions {
  readonly clock: Clock;
  readonly timings?: Partial<Timings> | undefined;
  readonly limits?: Limits | undefined;
  readonly catalogue?: Partial<Catalogue> | undefined;
  readonly user?: Partial<User> | undefined;
  readonly statePath?: StatePath | undefined;
}

/** Far apart, so that an id taken for one of another kind is found out. */
const FIRST_ID = { instance: 1_001, storage: 301, namespace: 41 } as const;

/** Everything the simulated service knows. Operations change it; they never wait, so each is atomic. */
export class Park {
  readonly clock: Clock;
  readonly tokens: Tokens;
  readonly instances: Things<Instance>;
  readonly storages: Things<Storage>;
  readonly namespaces: Things<Namespace>;
  readonly catalogue: Catalogue;
  timings: Timings;
  limits: Limits;
  user: User;
  statePath: StatePath;

  constructor(options: ParkOptions) {
    const { clock } = options;
    this.clock = clock;
    this.tokens = new Tokens(clock.wall);
    this.instances = new Things(clock.now, FIRST_ID.instance);
    this.storages = new Things(clock.now, FIRST_ID.storage);
    this.namespaces = new Things(clock.now, FIRST_ID.namespace);
    this.catalogue = { ...DEFAULT_CATALOGUE, ...options.catalogue };
    this.timings = { ...DEFAULT_TIMINGS, ...options.timings };
    this.limits = { balance: DEFAULT_BALANCE, ...options.limits };
    this.user = { ...DEFAULT_USER, ...options.user };
    this.statePath = options.statePath ?? "slash";
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
    if (thing.userId !== this.user.id) return false;
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

  /** What a new thing begins with. */
  birth(token: Token | null): Pick<Thing, "tokenId" | "userId" | "createdAt" | "createdMs"> {
    return {
      tokenId: token?.id ?? null,
      userId: this.user.id,
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
