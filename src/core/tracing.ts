/** A piece of work that is a trace of its own. */
export interface Undertaking {
  /** What is done, such as `reconcile`. */
  readonly verb: string;
  /** Kind of the resources that it is done for. */
  readonly kind: string;
  /** Namespace and name, where it is done for one resource. */
  readonly key?: string;
}

/** Does work as a trace of its own, whatever is traced at the moment. Requests that are sent until it is done belong to it. */
export type InTrace = <Result>(
  undertaking: Undertaking,
  work: () => Promise<Result>,
) => Promise<Result>;

/** While nothing is traced. */
export const untraced: InTrace = (_, work) => work();

export interface SentRequest {
  /** What it is for, such as `create instance`. Bounded: no ids. */
  readonly operation: string;
  readonly method: string;
  readonly url: URL;
}

/** One request under way, as it is traced. */
export interface RequestTrace {
  /** To be sent with it: with these the other side can tell what the request belongs to. */
  readonly headers: Readonly<Record<string, string>>;
  /** @param outcome Without a status there was no answer. */
  end(outcome: { readonly status?: number | undefined; readonly error?: unknown }): void;
}

/** Returns undefined where the request is not to be traced. */
export type TraceRequest = (request: SentRequest) => RequestTrace | undefined;
