import type { CredentialName } from "../core/credential.ts";
import { nameOfCredential } from "../core/credential.ts";
import { fingerprintOf } from "./fingerprint.ts";

/** Whose token it is, and whether it sees everything of that user; undefined where the provider says nothing of it. */
export type Owner = { readonly user: string; readonly seesEverything: boolean } | undefined;

/** Between the tries to learn whose token it is, where the provider could not say, in milliseconds; it doubles up to the last. */
const RETRY = { firstMs: 1_000, lastMs: 60_000 };

/** Gives the token in use its name. The provider is asked once for each token, before it is used for anything else. */
export class CredentialNames {
  readonly #now: () => number;
  #token: string | undefined;
  #name: Promise<CredentialName> | undefined;
  #retryAtMs = Infinity;
  #failures = 0;

  /** @param now Monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Never rejects: where the provider cannot be asked, the name says that nobody knows whose the token is, and it is asked again later.
   *
   * @param ask Rejects where the provider did not answer.
   */
  of(token: string, ask: () => Promise<Owner>): Promise<CredentialName> {
    if (this.#name === undefined || token !== this.#token || this.#now() >= this.#retryAtMs) {
      this.#token = token;
      this.#retryAtMs = Infinity;
      this.#name = this.#learn(token, ask);
    }
    return this.#name;
  }

  async #learn(token: string, ask: () => Promise<Owner>): Promise<CredentialName> {
    const fingerprint = fingerprintOf(token);
    try {
      const owner = await ask();
      this.#failures = 0;
      return nameOfCredential(fingerprint, owner);
    } catch {
      if (token === this.#token) {
        this.#retryAtMs = this.#now() + Math.min(RETRY.firstMs * 2 ** this.#failures, RETRY.lastMs);
        this.#failures = Math.min(this.#failures + 1, 10);
      }
      return nameOfCredential(fingerprint, undefined);
    }
  }
}
