import { type Clock, type PassingClock, passingClock } from "../simulator/clock.ts";
import type { Effect } from "../simulator/effect.ts";
import type { Application } from "./application.ts";
import { Applications } from "./applications.ts";
import { Catalogue } from "./catalogue.ts";
import { type Client, Clients } from "./clients.ts";
import type { Dump } from "./dump.ts";
import { fillCatalogue } from "./seed.ts";
import { DEFAULT_SETTINGS, DEFAULT_TIMINGS, type Settings, type Timings } from "./settings.ts";
import type { GroupTask, Task, TaskOperation } from "./task.ts";
import type { TokenSigner } from "./token-signer.ts";

export interface PanelOptions {
  readonly clock: Clock;
  readonly signer: TokenSigner;
  readonly timings?: Partial<Timings> | undefined;
  readonly settings?: Partial<Settings> | undefined;
}

/** A task that will fail, whatever it is about to do. */
export interface ScriptedFailure {
  readonly applicationId: string | undefined;
  readonly operation: TaskOperation | undefined;
  readonly error: string;
}

/** Everything the simulated panel knows. Operations change it; they never wait, so each is atomic. */
export class Panel {
  readonly clock: PassingClock;
  readonly clients: Clients;
  readonly catalogue = new Catalogue();
  readonly applications: Applications;
  readonly tasks = new Map<string, Task>();
  readonly groupTasks = new Map<string, GroupTask>();
  readonly dumps = new Map<string, Dump>();
  /** The next task that one of them is about takes it. */
  readonly scriptedFailures: ScriptedFailure[] = [];
  settings: Settings;
  timings: Timings;
  #upAtMs = Number.NEGATIVE_INFINITY;

  constructor({ clock, signer, timings, settings }: PanelOptions) {
    this.clock = passingClock(clock);
    this.clients = new Clients(this.clock, signer);
    this.applications = new Applications(this.clock.now);
    this.timings = { ...DEFAULT_TIMINGS, ...timings };
    this.settings = { ...DEFAULT_SETTINGS, ...settings };
    fillCatalogue(this.catalogue);
  }

  get isStartingUp(): boolean {
    return this.settings.startingUp || this.clock.now() < this.#upAtMs;
  }

  /** Nobody is signed in any more, and for so long nobody can sign in. */
  restart(ms: number): void {
    this.clients.invalidateTokens();
    this.#upAtMs = this.clock.now() + ms;
  }

  canSee({ spaces }: Client, { spaceId }: { readonly spaceId: string }): boolean {
    return spaces === "all" || spaces.includes(spaceId);
  }

  /** How many living applications a space has. */
  applicationsIn(spaceId: string): number {
    return this.applications.all().filter((application) => application.spaceId === spaceId).length;
  }

  /** As ISO 8601, now or so many milliseconds later. */
  timestamp(inMs = 0): string {
    return new Date(this.clock.wall() + inMs).toISOString();
  }

  /** When a thing was made. */
  madeAtMs(kind: string, id: string): number | undefined {
    if (kind === "application") return this.applications.get(id)?.createdMs;
    return kind === "dump" ? this.dumps.get(id)?.createdMs : undefined;
  }

  /** The marker of an application is at the end of its description. */
  effect(what: Effect["what"], { id, description, goneAtMs }: Application): Effect {
    const atMs = this.clock.now();
    const gone = what === "deleted" && goneAtMs !== undefined ? { goneAtMs } : {};
    return { what, kind: "application", id, label: description, atMs, ...gone };
  }
}
