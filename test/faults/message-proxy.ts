import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type RequestOptions,
  type Server,
  type ServerResponse,
} from "node:http";
import { request as httpsRequest } from "node:https";
import { WatchGate } from "./watch-gate.ts";

/** Where in the life of a message something happens to it. */
export type Moment = "before it is sent" | "after it took effect" | "after its answer";

export const MOMENTS: readonly Moment[] = [
  "before it is sent",
  "after it took effect",
  "after its answer",
];

export interface Message {
  /** Counted from 1 since the last `reset`. */
  readonly index: number;
  readonly method: string;
  readonly path: string;
}

/** A message that was answered, over the whole life of the proxy. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly status: number;
  /** When the answer came from the other side, in monotonic milliseconds. */
  readonly answeredMs: number;
}

/** What is done to the message with this number. */
export interface Breakpoint {
  readonly index: number;
  readonly moment: Moment;
  /** Runs at that moment; the message goes on when it resolves to `pass`. */
  readonly act: () => Promise<"pass" | "drop"> | "pass" | "drop";
}

/** What the proxy answers in place of the other side. */
export interface MadeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** `drop`: the connection ends without an answer. `silence`: a watch that is open and never says a thing. */
export type Verdict = "pass" | "drop" | "silence" | MadeAnswer;
export type MessageRule = (message: Message) => Promise<Verdict> | Verdict;

const PASS: MessageRule = () => "pass";

export interface ProxyTarget {
  readonly url: string;
  /** For HTTPS. */
  readonly ca?: Buffer | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Stands between the operator and one of its two sides, counts every message and breaks one at will. A breakpoint knows a message by
 * its number, a rule by what it says.
 *
 * Watches are streamed through the gate: they count as one message, at their opening.
 */
export class MessageProxy {
  readonly url: string;
  readonly #server: Server;
  readonly #target: ProxyTarget;
  #count = 0;
  #messages: Message[] = [];
  #breakpoint: Breakpoint | undefined;
  #isReached = false;
  /** Never reset: the history of the whole plan. */
  readonly exchanges: Exchange[] = [];
  readonly watches = new WatchGate();
  /** What is done with a message before it is sent. */
  onRequest: MessageRule = PASS;
  /** What is done with a message, other than a watch, that has taken effect. */
  onAnswer: MessageRule = PASS;

  private constructor(server: Server, url: string, target: ProxyTarget) {
    this.#server = server;
    this.url = url;
    this.#target = target;
  }

  static async start(target: ProxyTarget): Promise<MessageProxy> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new TypeError("no TCP address");
    const proxy = new MessageProxy(server, `http://127.0.0.1:${address.port}`, target);
    server.on("request", (request, response) => {
      proxy.#handle(request, response).catch(() => response.destroy());
    });
    return proxy;
  }

  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** Whether the message of the breakpoint came. */
  get isReached(): boolean {
    return this.#isReached;
  }

  /** Counts from 1 again, with another breakpoint or none. */
  reset(breakpoint?: Breakpoint): void {
    this.#count = 0;
    this.#messages = [];
    this.#breakpoint = breakpoint;
    this.#isReached = false;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  /** Sends what is nobody's but the user's: it is no part of the operator's history. */
  async asUser(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly body: string }> {
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const sent = {
      method,
      url: path,
      headers: { "content-type": type, accept: "application/json" },
    };
    const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body));
    const answer = await this.#forward(sent, bytes);
    return { status: answer.statusCode ?? 0, body: (await readAll(answer)).toString() };
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#count += 1;
    const message = { index: this.#count, method: request.method ?? "", path: request.url ?? "" };
    this.#messages.push(message);
    // The whole body is read first: what is broken off before it is sent has not been sent in part.
    const body = await readAll(request);
    if ((await this.#at(message, "before it is sent")) === "drop") return cut(response);
    if (this.#settle(message, await this.onRequest(message), response)) return;
    const answer = await this.#forward(request, body);
    const status = answer.statusCode ?? 502;
    if (message.path.includes("watch=true") && status === 200)
      return this.watches.carry(message.path, response, answer);
    const answerBody = await readAll(answer);
    const { method, path } = message;
    this.exchanges.push({
      method,
      path,
      body: body.toString(),
      status,
      answeredMs: performance.now(),
    });
    if ((await this.#at(message, "after it took effect")) === "drop") return cut(response);
    if (this.#settle(message, await this.onAnswer(message), response)) return;
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    response.end(answerBody);
    await once(response, "close");
    await this.#at(message, "after its answer");
  }

  /** Whether that was all there is to do. */
  #settle({ path }: Message, verdict: Verdict, response: ServerResponse): boolean {
    if (verdict === "pass") return false;
    if (verdict === "drop") cut(response);
    else if (verdict === "silence") this.watches.carry(path, response);
    else {
      const { status, headers, body } = verdict;
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(JSON.stringify(body ?? {}));
    }
    return true;
  }

  async #at(message: Message, moment: Moment): Promise<"pass" | "drop"> {
    const breakpoint = this.#breakpoint;
    if (breakpoint?.index !== message.index || breakpoint.moment !== moment) return "pass";
    this.#isReached = true;
    return breakpoint.act();
  }

  async #forward(
    request: Pick<IncomingMessage, "method" | "url" | "headers">,
    body: Buffer,
  ): Promise<IncomingMessage> {
    const { url, ca, headers } = this.#target;
    const options: RequestOptions = {
      method: request.method ?? "GET",
      headers: { ...request.headers, ...headers, host: new URL(url).host },
    };
    const target = new URL(request.url ?? "/", url);
    const forwarded =
      target.protocol === "https:"
        ? httpsRequest(target, { ...options, ca })
        : httpRequest(target, options);
    forwarded.end(body);
    const [answer] = await once(forwarded, "response");
    return answer;
  }
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function cut(response: ServerResponse): void {
  response.destroy();
}
