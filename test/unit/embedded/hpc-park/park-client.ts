import type { Simulator } from "../../../../src/embedded/hpc-park/simulator.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined where it is none. */
  readonly json: unknown;
}

export interface Thing {
  readonly id: number;
  readonly [field: string]: unknown;
}

export const INSTANCE = {
  label: "train",
  container_type: "pytorch",
  gpu_type: "A100",
  gpu_count: 1,
  tariff_type: "hourly",
};
export const STORAGE = { label: "data", storage_type: "ssd", size_gb: 10 };

/** Speaks to a simulator over its real socket. */
export class ParkClient {
  readonly #simulator: Simulator;
  readonly #token: string | null;

  constructor(simulator: Simulator, token: string | null = simulator.token) {
    this.#simulator = simulator;
    this.#token = token;
  }

  async send(
    method: string,
    path: string,
    body?: unknown,
    extra: { headers?: Record<string, string>; signal?: AbortSignal } = {},
  ): Promise<Answer> {
    const headers: Record<string, string> = { ...extra.headers };
    if (this.#token !== null) headers["authorization"] ??= `Bearer ${this.#token}`;
    if (body !== undefined) headers["content-type"] ??= "application/json";
    const response = await fetch(`${this.#simulator.url}${path}`, {
      method,
      headers,
      redirect: "manual",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(extra.signal === undefined ? {} : { signal: extra.signal }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parse(text) };
  }

  async status(method: string, path: string, body?: unknown): Promise<number> {
    return (await this.send(method, path, body)).status;
  }

  /** A thing that must be there. */
  async thing(method: string, path: string, body?: unknown): Promise<Thing> {
    const { status, json } = await this.send(method, path, body);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(json)}`);
    if (!isThing(json)) throw new Error(`${method} ${path}: no object`);
    return json;
  }

  async list(path: string): Promise<Thing[]> {
    const { text, json } = await this.send("GET", path);
    if (!Array.isArray(json)) throw new Error(`GET ${path}: no list but ${text}`);
    return json.filter(isThing);
  }
}

/** A clock that moves only when it is told to. */
export class HandClock {
  #nowMs = 1_000;
  readonly now = (): number => this.#nowMs;
  readonly wall = (): number => Date.UTC(2026, 10, 23) + this.#nowMs;

  advance(ms: number): void {
    this.#nowMs += ms;
  }
}

/** Waits until a condition holds; fails after a deadline. */
export async function eventually(holds: () => boolean, deadlineMs = 5_000): Promise<void> {
  const endMs = performance.now() + deadlineMs;
  while (!holds()) {
    if (performance.now() > endMs) throw new Error("the condition did not come to hold");
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}

/** Limits and settings come this way too, and have no id; whoever reads one has asked for a thing that has. */
function isThing(value: unknown): value is Thing {
  return typeof value === "object" && value !== null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
