import { randomBytes, randomUUID } from "node:crypto";
import type { Clock } from "../simulator/clock.ts";
import { unauthenticated } from "./refusal.ts";
import type { Claims, TokenSigner } from "./token-signer.ts";

export const RIGHTS = ["all", "read-only", "none"] as const;
export type Rights = (typeof RIGHTS)[number];

/** The person an access token belongs to. */
export interface User {
  readonly id: string;
  readonly login: string;
  readonly presentation: string;
}

/** An access token of a user: what a program signs in with. */
export interface Client {
  readonly clientId: string;
  readonly clientSecret: string;
  /** As the ledger calls it. */
  readonly name: string;
  readonly user: User;
  rights: Rights;
  /** The ids of the spaces whose applications it sees. */
  spaces: "all" | readonly string[];
}

export interface NewClient {
  readonly name: string;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  /** By default a user of the same name. */
  readonly user?: User | undefined;
  readonly rights?: Rights | undefined;
  readonly spaces?: readonly string[] | undefined;
}

const SECRET_BYTES = 32;
const ISSUER = "element-console";

const REFUSED = { ru: "Неверные учетные данные клиента", en: "Invalid client credentials" };
const NO_TOKEN = { ru: "Требуется аутентификация", en: "Authentication is required" };
const BAD_TOKEN = { ru: "Токен недействителен", en: "The token is not valid" };
const OLD_TOKEN = { ru: "Срок действия токена истек", en: "The token has expired" };

export class Clients {
  readonly #byId = new Map<string, Client>();
  /** The tokens that were issued and not invalidated, by their `jti`. */
  readonly #issued = new Map<string, Client>();
  readonly #clock: Clock;
  readonly #signer: TokenSigner;

  constructor(clock: Clock, signer: TokenSigner) {
    this.#clock = clock;
    this.#signer = signer;
  }

  add({ name, user, clientId, clientSecret, rights = "all", spaces }: NewClient): Client {
    const client: Client = {
      clientId: clientId ?? randomUUID(),
      clientSecret: clientSecret ?? randomBytes(SECRET_BYTES).toString("base64url"),
      name,
      user: user ?? { id: randomUUID(), login: name, presentation: name },
      rights,
      spaces: spaces ?? "all",
    };
    this.#byId.set(client.clientId, client);
    return client;
  }

  all(): Client[] {
    return [...this.#byId.values()];
  }

  named(name: string): Client | undefined {
    return this.all().find((client) => client.name === name);
  }

  /** Its tokens end with it. */
  revoke(client: Client): void {
    this.#byId.delete(client.clientId);
    this.invalidateTokens(client);
  }

  /** Those of one client, or all. */
  invalidateTokens(client?: Client): void {
    for (const [id, owner] of this.#issued) {
      if (client === undefined || owner === client) this.#issued.delete(id);
    }
  }

  /** Who signs in with HTTP Basic. */
  signIn(authorization: string | undefined): Client {
    const [scheme = "", value = ""] = (authorization ?? "").split(" ", 2);
    if (scheme.toLowerCase() !== "basic") throw unauthenticated(REFUSED);
    const pair = Buffer.from(value, "base64").toString("utf8");
    const colon = pair.indexOf(":");
    const client = this.#byId.get(pair.slice(0, Math.max(colon, 0)));
    if (client === undefined || client.clientSecret !== pair.slice(colon + 1)) {
      throw unauthenticated(REFUSED);
    }
    return client;
  }

  issue(client: Client, lifetimeS: number): string {
    const iat = Math.floor(this.#clock.wall() / 1_000);
    const claims: Claims = {
      iss: ISSUER,
      sub: client.clientId,
      iat,
      exp: iat + lifetimeS,
      jti: randomUUID(),
    };
    this.#issued.set(claims.jti, client);
    return this.#signer.sign(claims);
  }

  /** The client behind the token of a request. */
  authenticate(authorization: string | undefined): Client {
    const [scheme = "", token = ""] = (authorization ?? "").split(" ", 2);
    if (scheme.toLowerCase() !== "bearer" || token === "") throw unauthenticated(NO_TOKEN);
    const claims = this.#signer.verify(token);
    const client = claims === undefined ? undefined : this.#issued.get(claims.jti);
    if (claims === undefined || client === undefined) throw unauthenticated(BAD_TOKEN);
    if (claims.exp * 1_000 <= this.#clock.wall()) throw unauthenticated(OLD_TOKEN);
    return client;
  }
}
