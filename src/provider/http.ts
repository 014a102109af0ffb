import type { CredentialName } from "../core/credential.ts";
import { CredentialNames, type Owner } from "./credential-names.ts";
import { ProviderError } from "./errors.ts";
import { HttpExchange, type HttpExchangeOptions, type HttpRequest } from "./http-exchange.ts";
import type { SignInRequest } from "./sign-in.ts";

export interface HttpClientOptions extends HttpExchangeOptions {
  /** The bearer token as it is now. Rejects with a ProviderError where there is none. */
  readonly token: () => Promise<string>;
  /** Asked once where the server refuses a token: another one, or undefined where there is none. */
  readonly otherToken?: (refused: string) => Promise<string | undefined>;
  /** Asks the provider whose token it is. Left out: nothing is known of it. */
  readonly readOwner?: (
    ask: (path: string, operation: string) => Promise<unknown>,
  ) => Promise<Owner>;
}

/**
 * Speaks JSON over HTTP with one account. Never repeats a request, since the workqueue is the retry; but what was refused for its token, and
 * so was not done, is sent again with another one where there is any.
 */
export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #exchange: HttpExchange;
  readonly #names: CredentialNames;
  #credential: CredentialName | undefined;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#exchange = new HttpExchange(options);
    this.#names = new CredentialNames(options.now);
  }

  /** Name of the token that the latest request carried; undefined before the first. */
  get credential(): CredentialName | undefined {
    return this.#credential;
  }

  /**
   * Sends one request in its turn and reads the answer.
   *
   * @param precondition Asked when its turn has come and `credential` is the one it will carry; where it rejects, nothing is sent.
   * @returns the parsed body, or undefined for a documented 404.
   * @throws ProviderError, the precondition's error, or the signal's reason when it aborts before the request started.
   */
  async request(
    request: HttpRequest,
    signal: AbortSignal,
    precondition?: () => Promise<void>,
  ): Promise<unknown> {
    return this.#options.lanes.run(request.lane, signal, async () => {
      if (request.bearer !== undefined) {
        const bearer = request.bearer.open();
        return this.#exchange.send(request, { bearer, token: bearer });
      }
      const token = await this.#options.token();
      try {
        return await this.#sendWith(token, request, precondition);
      } catch (error) {
        if (!isTokenRefused(error)) throw error;
        const other = await this.#options.otherToken?.(token);
        if (other === undefined || other === token) throw error;
        return this.#sendWith(other, request, precondition);
      }
    });
  }

  async #sendWith(
    token: string,
    request: HttpRequest,
    precondition: (() => Promise<void>) | undefined,
  ): Promise<unknown> {
    this.#credential = await this.#names.of(token, () => this.#readOwner(token));
    return this.#sendSignedIn(token, request, precondition);
  }

  async #readOwner(token: string): Promise<Owner> {
    const ask = (path: string, operation: string): Promise<unknown> =>
      this.#sendSignedIn(token, { method: "GET", path, operation, lane: "observe" });
    return this.#options.readOwner?.(ask);
  }

  /** What a token has bought may end at any moment; then it buys another, and what was refused for it is sent once more. */
  async #sendSignedIn(
    token: string,
    request: HttpRequest,
    precondition?: () => Promise<void>,
  ): Promise<unknown> {
    const { signIn } = this.#options;
    const bearer = (await this.#bearerOf(token)) ?? token;
    await precondition?.();
    try {
      return await this.#exchange.send(request, { bearer, token });
    } catch (error) {
      if (signIn === undefined || !isTokenRefused(error)) throw error;
      const other = await this.#bearerOf(token, bearer);
      if (other === undefined) throw error;
      await precondition?.();
      return this.#exchange.send(request, { bearer: other, token });
    }
  }

  async #bearerOf(token: string, refused?: string): Promise<string | undefined> {
    const send = (request: SignInRequest): Promise<unknown> => {
      const { operation, path, authorization, form } = request;
      const sent = { method: "POST", path, operation, lane: "observe", form } as const;
      return this.#exchange.send(sent, { authorization, token });
    };
    return this.#options.signIn?.bearerOf(token, send, refused);
  }

  close(): void {
    this.#exchange.close();
  }
}

/** A documented refusal: nothing was done. What a gateway answers in the service's stead is of another kind where it matters. */
function isTokenRefused(error: unknown): boolean {
  return error instanceof ProviderError && error.kind === "unauthorized" && error.status === 401;
}
