import type { ElementSimulator } from "../../../../src/embedded/element/simulator.ts";
import { SEED } from "../../../../src/embedded/element/seed.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined where it is none. */
  readonly json: unknown;
}

export interface Card {
  readonly id: string;
  readonly [field: string]: unknown;
}

export const API = "/console/api/v2";
export const TOKEN_PATH = "/console/sys/token";
export const APPLICATIONS = `${API}/applications`;

/** The id of an assembly of the project that is there from the start. */
export function assemblyId(simulator: ElementSimulator, version: string): string {
  const { catalogue } = simulator.panel;
  const found = catalogue.assembliesOf(SEED.projects.shop).find((one) => one.version === version);
  if (found === undefined) throw new Error(`no assembly ${version}`);
  return found.id;
}

/** A body that creates an application of build 1.0-42. */
export function shop(simulator: ElementSimulator, changes: object = {}): object {
  return {
    source: { type: "repository", "project-version-id": assemblyId(simulator, "1.0-42") },
    "display-name": "Магазин",
    "publication-context": "shop",
    "development-mode": false,
    description: "k8s-aaaabbbbcccc",
    ...changes,
  };
}

/** Speaks to a simulator over its real socket. */
export class PanelClient {
  readonly #simulator: ElementSimulator;
  readonly #client: { readonly clientId: string; readonly clientSecret: string };
  #token: string | null | undefined;

  constructor(
    simulator: ElementSimulator,
    client: { readonly clientId?: string; readonly clientSecret?: string } = simulator,
  ) {
    const { clientId = "", clientSecret = "" } = client;
    this.#simulator = simulator;
    this.#client = { clientId, clientSecret };
  }

  /** The raw answer of the token path. */
  async askToken(
    body = "grant_type=client_credentials",
    authorization = basic(this.#client),
  ): Promise<Answer> {
    const headers: Record<string, string> = { "content-type": "application/x-www-form-urlencoded" };
    if (authorization !== "") headers["authorization"] = authorization;
    return this.#fetch("POST", TOKEN_PATH, { headers, body });
  }

  async signIn(): Promise<string> {
    const { status, json, text } = await this.askToken();
    if (status !== 200 || !isCard(json)) throw new Error(`sign-in: ${status} ${text}`);
    this.#token = String(json["id_token"]);
    return this.#token;
  }

  /** With a token of its own, or no header at all. */
  use(token: string | null): this {
    this.#token = token;
    return this;
  }

  async send(
    method: string,
    path: string,
    body?: unknown,
    extra: { readonly signal?: AbortSignal } = {},
  ): Promise<Answer> {
    if (this.#token === undefined) await this.signIn();
    const headers: Record<string, string> = {};
    if (typeof this.#token === "string") headers["authorization"] = `Bearer ${this.#token}`;
    if (body !== undefined) headers["content-type"] = "application/json";
    return this.#fetch(method, path, {
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...extra,
    });
  }

  async status(method: string, path: string, body?: unknown): Promise<number> {
    return (await this.send(method, path, body)).status;
  }

  /** An object that must be there. */
  async card(method: string, path: string, body?: unknown): Promise<Card> {
    const { status, text, json } = await this.send(method, path, body);
    if (status >= 300 || !isCard(json)) throw new Error(`${method} ${path}: ${status} ${text}`);
    return json;
  }

  async list(path: string): Promise<Card[]> {
    const { text, json } = await this.send("GET", path);
    if (!Array.isArray(json)) throw new Error(`GET ${path}: no list but ${text}`);
    return json.filter(isCard);
  }

  async #fetch(method: string, path: string, init: RequestInit): Promise<Answer> {
    const response = await fetch(`${this.#simulator.url}${path}`, { ...init, method });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parse(text) };
  }
}

export function basic({
  clientId,
  clientSecret,
}: {
  clientId: string;
  clientSecret: string;
}): string {
  return `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`;
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

/** Some answers have no id; whoever reads one has asked for a thing that has. */
function isCard(value: unknown): value is Card {
  return typeof value === "object" && value !== null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
