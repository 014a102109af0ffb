/** A request for what other requests carry, answered as far as it could be. */
export interface SignInRequest {
  /** Begins with a slash; relative to the account's URL. */
  readonly path: string;
  /** For messages and metrics. */
  readonly operation: string;
  readonly authorization: string;
  readonly form: Readonly<Record<string, string>>;
}

/** For providers whose credential is not what requests carry: with it something is fetched that is good for a while. */
export interface SignIn {
  /**
   * What requests carry. One request at a time for it, however many wait.
   *
   * @param send Rejects with a ProviderError where it was not answered with what was asked for.
   * @param refused What the provider has just refused; it is not given again.
   */
  bearerOf(
    credential: string,
    send: (request: SignInRequest) => Promise<unknown>,
    refused?: string,
  ): Promise<string>;
  /** What must not be told of a credential, beside itself. */
  secretsIn(credential: string): readonly string[];
}
