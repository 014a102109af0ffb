import { Answer } from "../answer.ts";
import { ProviderError } from "../errors.ts";
import type { HttpClient } from "../http.ts";
import type { HttpRequest } from "../http-exchange.ts";
import type { Write } from "../port.ts";
import { isDeleted } from "./application-state.ts";

export const API = "/console/api/v2";

type Sent = Pick<HttpRequest, "method" | "path" | "lane" | "json">;

/** The panel's API as the parts of this provider ask it. Paths are relative to its second version. */
export class Panel {
  readonly http: HttpClient;

  constructor(http: HttpClient) {
    this.http = http;
  }

  /** Undefined only where the panel itself says, in JSON, that there is no such thing. */
  async get(path: string, what: string, signal: AbortSignal): Promise<unknown> {
    return this.http.request(
      { method: "GET", path: `${API}${path}`, operation: what, lane: "observe" },
      signal,
    );
  }

  /** Rejects where there is no such thing as well. */
  async read(path: string, what: string, signal: AbortSignal): Promise<Answer> {
    const body = await this.get(path, what, signal);
    if (body === undefined) throw new ProviderError("unavailable", `${what}: it was not found`);
    return new Answer(body, what);
  }

  /** The entries of a list that is answered as an array, or as an object that holds one under a name of `names`. */
  async list(
    path: string,
    what: string,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly Answer[]> {
    const body = await this.get(path, what, signal);
    const held: Readonly<Record<string, unknown>> = Object(body);
    const list = Array.isArray(body) ? body : names.map((name) => held[name]).find(Array.isArray);
    if (list === undefined)
      throw new ProviderError("unavailable", `${what}: the answer is no list`);
    return list.map((entry) => new Answer(entry, what));
  }

  /** Undefined for a documented 404, as `HttpClient.request` has it. */
  async send({ path, ...sent }: Sent, what: string, write: Write): Promise<unknown> {
    const request = { ...sent, path: `${API}${path}`, operation: what };
    return this.http.request(request, write.signal, write.precondition);
  }

  /**
   * As `send`, for a change of what must be there. A 404 is about the application or about what the change names, and says so only in
   * words: it is a refusal where the application is still there, or where the path names none.
   */
  async demand({ path, ...sent }: Sent, what: string, write: Write): Promise<unknown> {
    const request = { ...sent, path: `${API}${path}`, operation: what, isChange: true } as const;
    try {
      return await this.http.request(request, write.signal, write.precondition);
    } catch (error) {
      const isMissing = error instanceof ProviderError && error.kind === "invalid";
      const [, application] = /^\/applications\/([^/]+)\//.exec(path) ?? [];
      if (!isMissing || error.status !== 404 || application === undefined) throw error;
      if (await this.#hasApplication(application, write.signal)) throw error;
      throw new ProviderError("unavailable", `${what}: it was not found`);
    }
  }

  async #hasApplication(id: string, signal: AbortSignal): Promise<boolean> {
    const what = "get application";
    const card = await this.get(`/applications/${id}`, what, signal);
    return card !== undefined && !isDeleted(new Answer(card, what));
  }
}
