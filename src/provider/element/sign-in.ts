import { ProviderError } from "../errors.ts";
import { fingerprintOf } from "../fingerprint.ts";
import type { SignIn, SignInRequest } from "../sign-in.ts";

const TOKEN_PATH = "/console/sys/token";
/** So long before its end a token is replaced: a request that waits for its turn must not carry one that ends meanwhile. */
const RESERVE_MS = 60_000;
/** What is believed where a token does not say when it ends, or nothing sensible; the panel's own are good for an hour. */
const DEFAULT_LIFETIME_MS = 300_000;
/** More than any operator has in use at a time. */
const MAX_KNOWN = 1_000;

interface Fetched {
  readonly token: string;
  /** Monotonic milliseconds. */
  readonly endsAtMs: number;
  /** Wall time of the panel; undefined where the token does not say. */
  readonly expiresAt: string | undefined;
}

/**
 * One panel's tokens, by the client id and secret that they were fetched with. One serves all calls of all who have the same client, until
 * shortly before its end; while it is fetched, everybody waits for that one request.
 */
export class ElementSignIn implements SignIn {
  readonly #now: () => number;
  readonly #known = new Map<string, Promise<Fetched>>();

  /** @param now Monotonic milliseconds: no change of the wall clock makes a token look good or bad. */
  constructor(now: () => number) {
    this.#now = now;
  }

  async bearerOf(
    credential: string,
    send: (request: SignInRequest) => Promise<unknown>,
    refused?: string,
  ): Promise<string> {
    const key = fingerprintOf(credential);
    const known = this.#known.get(key);
    const fetched = await known?.catch(() => undefined);
    const isGood =
      fetched !== undefined && fetched.token !== refused && this.#now() < fetched.endsAtMs;
    if (isGood) return fetched.token;
    // Whoever comes here at the same time shares the request of the first.
    const current = this.#known.get(key);
    if (current !== undefined && current !== known) return (await current).token;
    return (await this.#fetch(key, credential, send)).token;
  }

  /** When the token in use ends, by the panel's clock. */
  async expiryOf(credential: string): Promise<string | undefined> {
    const fetched = await this.#known.get(fingerprintOf(credential))?.catch(() => undefined);
    return fetched?.expiresAt;
  }

  /** The secret may be repeated without the id before it. */
  secretsIn(credential: string): readonly string[] {
    return [credential.slice(credential.indexOf(":") + 1)];
  }

  #fetch(
    key: string,
    credential: string,
    send: (request: SignInRequest) => Promise<unknown>,
  ): Promise<Fetched> {
    const askedMs = this.#now();
    const fetching = send({
      path: TOKEN_PATH,
      operation: "sign in",
      authorization: `Basic ${Buffer.from(credential).toString("base64")}`,
      form: { grant_type: "client_credentials" },
    }).then((body) => read(body, askedMs));
    this.#known.delete(key);
    this.#known.set(key, fetching);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest);
    return fetching;
  }
}

/** `access_token` is there as well, and is none. */
function read(body: unknown, askedMs: number): Fetched {
  const { id_token: token }: { id_token?: unknown } = Object(body);
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token))
    throw new ProviderError("unavailable", "sign in: the answer holds no id_token");
  const { iat, exp } = claimsIn(token);
  // The difference of the two is a length, so it needs no clock that agrees with the panel's.
  const isSaid = iat !== undefined && exp !== undefined && exp > iat;
  const lifetimeMs = isSaid ? (exp - iat) * 1000 : DEFAULT_LIFETIME_MS;
  return {
    token,
    endsAtMs: askedMs + Math.max(lifetimeMs - Math.min(RESERVE_MS, lifetimeMs / 2), 0),
    expiresAt: exp === undefined ? undefined : new Date(exp * 1000).toISOString(),
  };
}

/** The panel checks its own signature; here only the times are of interest. */
function claimsIn(token: string): { iat: number | undefined; exp: number | undefined } {
  try {
    const [, payload = ""] = token.split(".");
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    const { iat, exp }: { iat?: unknown; exp?: unknown } = Object(claims);
    return { iat: seconds(iat), exp: seconds(exp) };
  } catch {
    return { iat: undefined, exp: undefined };
  }
}

function seconds(value: unknown): number | undefined {
  const isTime = typeof value === "number" && value > 0 && value < 1e11;
  return isTime ? value : undefined;
}
