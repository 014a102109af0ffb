import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { DELIVERED_TWICE } from "../invariants/single.ts";

export interface Passage {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly headers: IncomingMessage["headers"];
}

export interface MadeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Byte after byte, so far apart; without end if need be. */
  readonly trickleMs?: number;
}

/** What the other side said. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** `twice`: the other side gets it a second time, when it has answered the first. */
export type Verdict = "pass" | "drop" | "twice" | MadeAnswer;
type Rule = (passage: Passage) => Promise<Verdict> | Verdict;
type AnswerRule = (passage: Passage, answer: Answer) => Promise<Verdict> | Verdict;

const PASS = (): Verdict => "pass";
/** The ledger knows the second delivery by it. */
const AGAIN = { "x-client-id": DELIVERED_TWICE };

/**
 * A door in front of a proxy. Other than a breakpoint, which knows a message by its number, its rules know it by what it says; and the
 * door can be shut, so that a connection is refused, or the line be cut.
 */
export class Gate {
  readonly #server: Server;
  readonly #port: number;
  readonly #target: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #sockets = new Set<Socket>();
  /** What is done with a request before it is passed on. */
  onRequest: Rule = PASS;
  /** What is done with it when it has taken effect. */
  onAnswer: AnswerRule = PASS;
  /** Everything comes so much later: requests, and what a watch tells. */
  lateMs = 0;
  #isCut = false;

  private constructor(
    server: Server,
    port: number,
    target: string,
    headers: Readonly<Record<string, string>>,
  ) {
    this.#server = server;
    this.#port = port;
    this.#target = target;
    this.#headers = headers;
  }

  /** @param headers Added to every request. */
  static async open(target: string, headers: Readonly<Record<string, string>> = {}): Promise<Gate> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new TypeError("no TCP address");
    const gate = new Gate(server, address.port, target, headers);
    server.on("connection", (socket) => gate.#admit(socket));
    server.on("request", (request, response) => {
      gate.#handle(request, response).catch(() => response.destroy());
    });
    return gate;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Ends every connection, and every new one as soon as it is made, until `mend`. */
  cut(): void {
    this.#isCut = true;
    this.#endConnections();
  }

  mend(): void {
    this.#isCut = false;
  }

  /** From now on a connection is refused. */
  async shut(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#endConnections();
    await closed;
  }

  async reopen(): Promise<void> {
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
  }

  #endConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #admit(socket: Socket): void {
    if (this.#isCut) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url: path = "/", headers } = request;
    const passage = { method, path, headers, body: (await readAll(request)).toString() };
    if (this.lateMs > 0) await delay(this.lateMs);
    const verdict = await this.onRequest(passage);
    if (this.#settle(verdict, response)) return;
    const answer = await this.#forward(passage);
    if (path.includes("watch=true")) return this.#stream(answer, response);
    const body = await readAll(answer);
    if (verdict === "twice") await readAll(await this.#forward(passage, AGAIN));
    const status = answer.statusCode ?? 502;
    const last = await this.onAnswer(passage, { status, body: body.toString() });
    if (this.#settle(last, response)) return;
    response.writeHead(status, answer.headers);
    response.end(body);
  }

  /** Whether that was all there is to do. */
  #settle(verdict: Verdict, response: ServerResponse): boolean {
    if (verdict === "pass" || verdict === "twice") return false;
    if (verdict === "drop") {
      response.destroy();
      return true;
    }
    const { status, headers, body = "{}", trickleMs } = verdict;
    response.writeHead(status, { "content-type": "application/json", ...headers });
    if (trickleMs === undefined) response.end(body);
    else trickle(response, body, trickleMs);
    return true;
  }

  async #forward(
    { method, path, headers, body }: Passage,
    more: Readonly<Record<string, string>> = {},
  ): Promise<IncomingMessage> {
    const target = new URL(path, this.#target);
    const sent = httpRequest(target, {
      method,
      headers: { ...headers, ...this.#headers, ...more, host: target.host },
    });
    sent.end(body);
    const [answer] = await once(sent, "response");
    return answer;
  }

  #stream(answer: IncomingMessage, response: ServerResponse): void {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    response.flushHeaders();
    answer.on("data", (chunk: Buffer) => {
      if (this.lateMs === 0) response.write(chunk);
      else setTimeout(() => response.write(chunk), this.lateMs);
    });
    answer.on("end", () => response.end());
    answer.on("error", () => response.destroy());
    response.on("close", () => answer.destroy());
  }
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function trickle(response: ServerResponse, body: string | Buffer, everyMs: number): void {
  const bytes = Buffer.from(body);
  let sent = 0;
  const timer = setInterval(() => {
    if (response.destroyed || sent >= bytes.length) {
      clearInterval(timer);
      response.end();
      return;
    }
    response.write(bytes.subarray(sent, sent + 1));
    sent += 1;
  }, everyMs);
}
