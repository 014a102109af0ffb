import { randomBytes } from "node:crypto";
import type { Clock } from "../simulator/clock.ts";
import { Refusal } from "./refusal.ts";
import type { ThingKind } from "./thing.ts";

export interface Token {
  readonly id: number;
  readonly name: string;
  readonly value: string;
  readonly master: boolean;
  /** Null: whoever is the main user at the time. */
  readonly userId: number | null;
  readonly createdMs: number;
  expiresAtMs: number;
  /** What the user granted it beside what it created itself, as `kind/id`. */
  readonly grants: Set<string>;
}

export interface NewToken {
  readonly name: string;
  readonly master?: boolean;
  readonly expiresAtMs?: number;
  readonly value?: string;
  readonly userId?: number | null;
}

/** 32 random bytes make the contract's 43 characters of base64url. */
const VALUE_BYTES = 32;
const YEAR_MS = 365 * 24 * 3_600_000;

export class Tokens {
  readonly #byId = new Map<number, Token>();
  readonly #byValue = new Map<string, Token>();
  readonly #clock: Clock;
  #lastId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(wanted: NewToken): Token {
    this.#lastId += 1;
    const token: Token = {
      id: this.#lastId,
      name: wanted.name,
      value: wanted.value ?? randomBytes(VALUE_BYTES).toString("base64url"),
      master: wanted.master ?? false,
      userId: wanted.userId ?? null,
      createdMs: this.#clock.now(),
      expiresAtMs: wanted.expiresAtMs ?? this.#clock.wall() + YEAR_MS,
      grants: new Set(),
    };
    this.#byId.set(token.id, token);
    this.#byValue.set(token.value, token);
    return token;
  }

  all(): Token[] {
    return [...this.#byId.values()];
  }

  get(id: number): Token | undefined {
    return this.#byId.get(id);
  }

  /** The first of that name, whoever it belongs to. */
  named(name: string): Token | undefined {
    return this.all().find((token) => token.name === name);
  }

  remove(token: Token): void {
    this.#byId.delete(token.id);
    this.#byValue.delete(token.value);
  }

  /** The token of a request, or the refusal that the service answers. */
  authenticate(authorization: string | undefined): Token {
    if (authorization === undefined) throw new Refusal(403, "Not authenticated");
    const [scheme = "", value = ""] = authorization.split(" ", 2);
    if (scheme.toLowerCase() !== "bearer" || value === "") {
      throw new Refusal(403, "Invalid authentication credentials");
    }
    const token = this.#byValue.get(value);
    if (token === undefined) throw unauthorized("Invalid token");
    if (token.expiresAtMs <= this.#clock.wall()) throw unauthorized("Token has expired");
    return token;
  }
}

export function grantKey(kind: ThingKind, id: number): string {
  return `${kind}/${id}`;
}

function unauthorized(detail: string): Refusal {
  return new Refusal(401, detail, { "www-authenticate": "Bearer" });
}
