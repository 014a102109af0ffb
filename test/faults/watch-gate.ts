import type { IncomingMessage, ServerResponse } from "node:http";
import type { Message, MessageProxy, Verdict } from "./message-proxy.ts";

export interface WatchLine {
  readonly path: string;
  /** Such as `ADDED`; empty where the line is no event. */
  readonly type: string;
  /** Of the object that the event shows. */
  readonly name: string;
}

/** `cut`: half of the line goes out, then the connection ends. */
export type LineVerdict = "pass" | "hold" | "drop" | "twice" | "cut";
export type LineRule = (line: WatchLine) => LineVerdict;

const PASS: LineRule = () => "pass";

/**
 * Where the watches of a proxy pass, line by line. Lines can be held, dropped, doubled, reordered or cut, and whole watches ended,
 * failed or silenced; each of these is for what is open now or for the lines to come.
 */
export class WatchGate {
  /** What is done with each line that comes. */
  onLine: LineRule = PASS;
  readonly #streams = new Set<WatchStream>();

  get open(): number {
    return this.#streams.size;
  }

  /** @param answer Left out: a watch that is open and says nothing. */
  carry(path: string, response: ServerResponse, answer?: IncomingMessage): void {
    const stream = new WatchStream(path, response, (line) => this.onLine(line));
    this.#streams.add(stream);
    response.on("close", () => this.#streams.delete(stream));
    if (answer === undefined) stream.begin(200, { "content-type": "application/json" });
    else stream.pump(answer);
  }

  /** Lets out what was held, and lets everything pass from now on. */
  release({ isReversed = false }: { readonly isReversed?: boolean } = {}): void {
    this.onLine = PASS;
    for (const stream of this.#streams) stream.release(isReversed);
  }

  /** Half open: what is open now brings nothing any more, and does not end. Watches that are opened later live. */
  silence(): void {
    for (const stream of this.#streams) stream.isSilent = true;
  }

  /** Ends what is open, in order. */
  end(): void {
    for (const stream of this.#streams) stream.end();
  }

  /** Ends what is open with an ERROR event. */
  fail(code: number, reason = "Expired"): void {
    const status = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure" };
    const object = { ...status, message: "told so by the proxy", reason, code };
    for (const stream of this.#streams)
      stream.end(`${JSON.stringify({ type: "ERROR", object })}\n`);
  }
}

class WatchStream {
  isSilent = false;
  readonly #path: string;
  readonly #response: ServerResponse;
  readonly #rule: LineRule;
  #held: string[] = [];
  #rest = "";

  constructor(path: string, response: ServerResponse, rule: LineRule) {
    this.#path = path;
    this.#response = response;
    this.#rule = rule;
  }

  begin(status: number, headers: IncomingMessage["headers"]): void {
    this.#response.writeHead(status, headers);
    this.#response.flushHeaders();
  }

  pump(answer: IncomingMessage): void {
    this.begin(answer.statusCode ?? 502, answer.headers);
    answer.setEncoding("utf8");
    answer.on("data", (text: string) => this.#take(text));
    answer.on("end", () => this.#upstreamEnded());
    answer.on("error", () => this.#upstreamEnded());
    this.#response.on("close", () => answer.destroy());
  }

  release(isReversed: boolean): void {
    const lines = isReversed ? this.#held.toReversed() : this.#held;
    this.#held = [];
    for (const line of lines) this.#write(line);
  }

  end(lastLine = ""): void {
    this.#response.end(lastLine);
  }

  #upstreamEnded(): void {
    if (!this.isSilent) this.#response.end(this.#rest);
  }

  #take(text: string): void {
    const lines = `${this.#rest}${text}`.split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#pass(`${line}\n`);
  }

  #pass(line: string): void {
    if (this.isSilent) return;
    switch (this.#rule(describe(this.#path, line))) {
      case "pass":
        return this.#write(line);
      case "twice":
        return this.#write(line + line);
      case "hold":
        this.#held.push(line);
        return;
      case "cut":
        return this.end(line.slice(0, line.length / 2));
      case "drop":
    }
  }

  #write(text: string): void {
    if (!this.isSilent && !this.#response.writableEnded) this.#response.write(text);
  }
}

function describe(path: string, line: string): WatchLine {
  const event: { type?: string; object?: { metadata?: { name?: string } } } = JSON.parse(line);
  return { path, type: event.type ?? "", name: event.object?.metadata?.name ?? "" };
}

/** From here on the API server has forgotten what was before: a watch from an earlier version is refused. */
export async function compact(proxy: MessageProxy, collection: string): Promise<void> {
  const list: { metadata: { resourceVersion: string } } = JSON.parse(
    (await proxy.asUser("GET", collection)).body,
  );
  const oldest = Number(list.metadata.resourceVersion);
  proxy.onRequest = ({ path }): Verdict => {
    const version = new URL(path, proxy.url).searchParams.get("resourceVersion");
    if (!path.includes("watch=true") || Number(version) >= oldest) return "pass";
    return { status: 410, body: { kind: "Status", reason: "Expired", code: 410 } };
  };
}

interface SeenObject {
  readonly metadata: { readonly name: string };
}

/** What an API server shows that has been left behind: reads are answered as they were once, writes take effect. */
export class FrozenView {
  readonly #lists: ReadonlyMap<string, { readonly items: readonly SeenObject[] }>;
  readonly #isSingleOld: boolean;

  private constructor(
    lists: ReadonlyMap<string, { readonly items: readonly SeenObject[] }>,
    isSingleOld: boolean,
  ) {
    this.#lists = lists;
    this.#isSingleOld = isSingleOld;
  }

  /** @param isSingleOld Whether reads of one object are old too; a quorum read never is. */
  static async of(
    proxy: MessageProxy,
    collections: readonly string[],
    { isSingleOld = false }: { readonly isSingleOld?: boolean } = {},
  ): Promise<FrozenView> {
    const lists = new Map<string, { items: SeenObject[] }>();
    for (const path of collections)
      lists.set(path, JSON.parse((await proxy.asUser("GET", path)).body));
    return new FrozenView(lists, isSingleOld);
  }

  readonly answer = ({ method, path }: Message): Verdict => {
    const [collection = "", query = ""] = path.split("?");
    if (method !== "GET") return "pass";
    const list = this.#lists.get(collection);
    if (list !== undefined) return query.includes("watch=true") ? "silence" : ok(list);
    const parent = this.#lists.get(collection.slice(0, collection.lastIndexOf("/")));
    if (parent === undefined || !this.#isSingleOld) return "pass";
    const object = parent.items.find(({ metadata }) => collection.endsWith(`/${metadata.name}`));
    return object === undefined ? { status: 404 } : ok(object);
  };
}

function ok(body: unknown): Verdict {
  return { status: 200, body };
}
