import { markerOf } from "../../src/core/marker.ts";
import type { VirtualClock } from "./virtual-clock.ts";

export type Power = "on" | "off";

/** What one create request was, from the moment it left. */
export interface Post {
  readonly marker: string;
  readonly leftMs: number;
  /** The process that sent it, by number. */
  readonly process: number;
  /** The things it made: none, one, or more where it was delivered twice. */
  readonly made: number[];
  /** A documented refusal reached the sender, or it never left. */
  isRefused: boolean;
  /** The answer with the id reached the sender. */
  isAnswered: boolean;
  /** The user took the journal away while this one was open. */
  isDisowned: boolean;
}

/** One remote thing at one moment; a change makes a new one. */
export interface ModelThing {
  readonly id: number;
  readonly label: string;
  readonly gpuCount: number;
  readonly power: Power;
  readonly transition?: { readonly state: string; readonly untilMs: number } | undefined;
  readonly goneAtMs?: number | undefined;
  /** When its deletion began. */
  readonly deletedMs?: number | undefined;
  readonly isFailed: boolean;
  /** Neither lists nor single reads show it before. */
  readonly visibleAtMs: number;
  readonly post?: Post | undefined;
}

interface Body {
  readonly label?: unknown;
  readonly gpu_count?: unknown;
  readonly state?: unknown;
}

export interface ParkAnswer {
  readonly status: number;
  readonly body?: unknown;
}

const FIRST_ID = 1001;
const CREATE_MS = 2_000;
const UPDATE_MS = 1_500;
const POWER_MS = 1_000;
const DELETE_MS = 2_500;

const MISSING: ParkAnswer = { status: 404, body: { detail: "Not found" } };

/** HPC Park's instances over time, with all their past, so that a list can lag. */
export class ModelPark {
  readonly #clock: VirtualClock;
  readonly #things = new Map<number, ModelThing>();
  readonly #past: { readonly atMs: number; readonly thing: ModelThing }[] = [];
  #lastId = FIRST_ID - 1;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** Everything that is still there, the oldest first; what is on its way out counts until it is gone. */
  living(): ModelThing[] {
    const nowMs = this.#clock.now();
    return [...this.#things.values()].filter((thing) => isThere(thing, nowMs));
  }

  marked(marker: string): ModelThing[] {
    return this.living().filter(({ label }) => markerOf(label) === marker);
  }

  find(id: number): ModelThing | undefined {
    const thing = this.#things.get(id);
    return thing !== undefined && isThere(thing, this.#clock.now()) ? thing : undefined;
  }

  /** What was there `ago` milliseconds earlier, as it was then. */
  asOf(agoMs: number): ModelThing[] {
    const thenMs = this.#clock.now() - agoMs;
    const latest = new Map<number, ModelThing>();
    for (const { atMs, thing } of this.#past) if (atMs <= thenMs) latest.set(thing.id, thing);
    return [...latest.values()].filter((thing) => isThere(thing, thenMs));
  }

  add(label: string, gpuCount: number, power: Power, post?: Post, hiddenMs = 0): ModelThing {
    this.#lastId += 1;
    const nowMs = this.#clock.now();
    const transition = { state: "creating", untilMs: nowMs + CREATE_MS };
    const common = { id: this.#lastId, label, gpuCount, power, isFailed: false };
    return this.#put({ ...common, transition, visibleAtMs: nowMs + hiddenMs, post });
  }

  create(body: Body, post: Post, hiddenMs: number): ParkAnswer {
    const thing = this.add(String(body.label), Number(body.gpu_count), "on", post, hiddenMs);
    post.made.push(thing.id);
    return { status: 201, body: this.view(thing) };
  }

  read(id: number): ParkAnswer {
    const thing = this.find(id);
    if (thing === undefined || this.#clock.now() < thing.visibleAtMs) return MISSING;
    return { status: 200, body: this.view(thing) };
  }

  change(id: number, body: Body): ParkAnswer {
    const thing = this.find(id);
    if (thing === undefined) return MISSING;
    const state = this.stateOf(thing);
    if (state !== "on" && state !== "off") return { status: 409, body: { detail: "busy" } };
    if (body.state === "on" || body.state === "off") this.switch(thing, body.state);
    else this.resize(thing, Number(body.gpu_count));
    return { status: 200, body: this.view(thing) };
  }

  remove(id: number): ParkAnswer {
    const thing = this.find(id);
    if (thing === undefined) return MISSING;
    const deletedMs = this.#clock.now();
    if (thing.goneAtMs === undefined)
      this.#put({ ...thing, deletedMs, goneAtMs: deletedMs + DELETE_MS });
    return { status: 204 };
  }

  relabel(thing: ModelThing, label: string): void {
    this.#put({ ...thing, label });
  }

  resize(thing: ModelThing, gpuCount: number): void {
    if (thing.gpuCount !== gpuCount)
      this.#put({ ...thing, gpuCount, transition: this.#until("updating", UPDATE_MS) });
  }

  switch(thing: ModelThing, power: Power): void {
    const word = power === "on" ? "starting" : "stopping";
    if (thing.power !== power)
      this.#put({ ...thing, power, transition: this.#until(word, POWER_MS) });
  }

  setFailed(thing: ModelThing, isFailed: boolean): void {
    this.#put({ ...thing, isFailed });
  }

  stateOf(
    { goneAtMs, isFailed, transition, power }: ModelThing,
    atMs: number = this.#clock.now(),
  ): string {
    if (goneAtMs !== undefined) return "deleting";
    if (isFailed) return "error";
    return transition !== undefined && atMs < transition.untilMs ? transition.state : power;
  }

  /** The contract's Instance. */
  view(thing: ModelThing, agoMs = 0): Readonly<Record<string, unknown>> {
    return {
      id: thing.id,
      label: thing.label,
      state: this.stateOf(thing, this.#clock.now() - agoMs),
      container_type: "pytorch",
      tariff_type: "hourly",
      namespace_id: null,
      gpu_type: "A100",
      gpu_count: thing.gpuCount,
      storage_ids: [],
      error: thing.isFailed ? "broken" : null,
      host: "p1.hpc-park.ru",
      ports: [],
      created_at: "2026-01-01T00:00:00Z",
    };
  }

  #until(state: string, forMs: number): { state: string; untilMs: number } {
    return { state, untilMs: this.#clock.now() + forMs };
  }

  #put(thing: ModelThing): ModelThing {
    this.#things.set(thing.id, thing);
    this.#past.push({ atMs: this.#clock.now(), thing });
    return thing;
  }
}

function isThere({ goneAtMs }: ModelThing, atMs: number): boolean {
  return goneAtMs === undefined || atMs < goneAtMs;
}
