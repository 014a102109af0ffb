import type { FastifyReply, FastifyRequest } from "fastify";
import { setTimeout as delay } from "node:timers/promises";
import { Readable } from "node:stream";
import { FaultAnswer } from "./fault-answer.ts";
import type { FaultEffect, Faults } from "./faults.ts";
import type { Ledger, LedgerEntry } from "./ledger.ts";

/** The largest body of any contract has some hundred bytes and a list of ids. */
const MAX_BODY_BYTES = 1_048_576;

/** An operation, as far as it matters to how it is recorded and made to fail. */
export interface ExchangeOperation {
  /** As the ledger calls it. */
  readonly name: string;
  /** The kind of what it answers, where that is one thing or a list of them. */
  readonly reads?: string;
  /** The body may hold a secret: the ledger does not keep it. */
  readonly hidesBody?: boolean;
}

/** What a service has to say of itself so that its answers can be made to fail. */
export interface ServiceFacts {
  readonly now: () => number;
  /** When a thing was made, on the same clock; undefined where there is none. */
  readonly madeAtMs: (kind: string, id: number | string) => number | undefined;
  /** What it answers, with 404, of a thing that is not there. */
  readonly notFoundBody: () => unknown;
  /** How it refuses a body that is too large. */
  readonly tooLarge: () => Error;
}

export interface ExchangeDependencies {
  readonly service: ServiceFacts;
  readonly ledger: Ledger;
  readonly faults: Faults;
  /** Ends all waiting when the simulator closes. */
  readonly signal: AbortSignal;
}

/** One request on its way through the service: what the ledger says of it, and how it is made to fail. */
export class Exchange {
  readonly entry: LedgerEntry;
  readonly #effects: readonly FaultEffect[];
  readonly #operation: ExchangeOperation | undefined;
  readonly #request: FastifyRequest;
  readonly #dependencies: ExchangeDependencies;

  constructor(
    request: FastifyRequest,
    reply: FastifyReply,
    operation: ExchangeOperation | undefined,
    dependencies: ExchangeDependencies,
  ) {
    const { method } = request;
    const [path = ""] = request.url.split("?", 1);
    const { "x-client-id": header, traceparent: traceParent } = request.headers;
    const clientId = typeof header === "string" ? header : String(request.socket.remotePort);
    const subject = { method, path, operation: operation?.name ?? "unknown", clientId };
    this.#effects = dependencies.faults.effectsFor(subject);
    this.#operation = operation;
    this.#request = request;
    this.#dependencies = dependencies;
    this.entry = dependencies.ledger.open({
      source: "api",
      ...subject,
      ...(typeof traceParent === "string" ? { traceParent } : {}),
      faults: this.#effects.map(({ kind }) => kind),
      effects: [],
    });
    reply.raw.once("close", () => {
      const facts = reply.raw.writableFinished ? {} : ({ isUndelivered: true } as const);
      dependencies.ledger.close(this.entry, facts);
    });
  }

  /**
   * Reads the whole body, then fails as the rules say. In this order, so that a request that is held back is still carried
   * out where its client has left meanwhile.
   */
  async receive(payload: AsyncIterable<Buffer>): Promise<Readable> {
    const { ledger, service } = this.#dependencies;
    const body = await readAll(payload, service.tooLarge);
    const isKept = body.length > 0 && this.#operation?.hidesBody !== true;
    if (isKept) ledger.add(this.entry, { body: parsed(body) });
    for (const effect of this.#effects) await this.#failBefore(effect);
    return Readable.from([body], { objectMode: false });
  }

  async #failBefore(effect: FaultEffect): Promise<void> {
    switch (effect.kind) {
      case "delay":
        if (effect.when !== "after") await this.#wait(effect.ms);
        return;
      case "reset-before":
        this.#request.socket.resetAndDestroy();
        return never();
      case "hang":
        if (effect.afterWork !== true) return never();
        return;
      case "status":
        throw new FaultAnswer(effect.status, bodyOf(effect), effect.headers);
      case "plain-404":
        throw new FaultAnswer(404, "404 page not found\n");
      default:
    }
  }

  /** Takes out of an answer what a rule hides. */
  hide(answer: unknown, reply: FastifyReply): unknown {
    let shown = answer;
    for (const effect of this.#effects) {
      if (Array.isArray(shown)) shown = this.#shorten(shown, effect);
      else if (effect.kind === "hide-newest" && effect.alsoOne && this.#isYoung(shown, effect.ms)) {
        reply.code(404);
        shown = this.#dependencies.service.notFoundBody();
      }
    }
    return shown;
  }

  #shorten(list: readonly unknown[], effect: FaultEffect): readonly unknown[] {
    switch (effect.kind) {
      case "empty-list":
        return [];
      case "hide-newest":
        return list.filter((item) => !this.#isYoung(item, effect.ms));
      case "partial-list": {
        const { fraction = 0, newest = 0, ids = [] } = effect;
        const isDropped = (index: number): boolean =>
          Math.floor((index + 1) * fraction) > Math.floor(index * fraction);
        return list
          .slice(0, list.length - newest)
          .filter((item, index) => !isDropped(index) && !ids.some((id) => id === idOf(item)));
      }
      default:
        return list;
    }
  }

  #isYoung(item: unknown, ms: number): boolean {
    const { service } = this.#dependencies;
    const kind = this.#operation?.reads;
    const id = idOf(item);
    if (kind === undefined || id === undefined) return false;
    const madeAtMs = service.madeAtMs(kind, id);
    return madeAtMs !== undefined && service.now() - madeAtMs < ms;
  }

  /** Fails after the work as the rules say; what it returns goes on the wire. */
  async send(payload: unknown, reply: FastifyReply): Promise<unknown> {
    let sent = payload;
    for (const effect of this.#effects) sent = await this.#failAfter(effect, sent, reply);
    this.#dependencies.ledger.close(this.entry, { status: reply.statusCode });
    return sent;
  }

  async #failAfter(effect: FaultEffect, payload: unknown, reply: FastifyReply): Promise<unknown> {
    switch (effect.kind) {
      case "delay":
        if (effect.when === "after") await this.#wait(effect.ms);
        return payload;
      case "lose-answer":
        this.#request.socket.destroy();
        return never();
      case "hang":
        return effect.afterWork === true ? never() : payload;
      case "status-after-work": {
        const body = bodyOf(effect);
        const isText = typeof body === "string";
        reply.code(effect.status).type(isText ? "text/plain" : "application/json");
        reply.headers(effect.headers ?? {});
        return isText ? body : JSON.stringify(body);
      }
      case "cut-body":
        if (typeof payload !== "string") return payload;
        if (effect.how !== "connection") return firstHalf(Buffer.from(payload));
        return this.#cutConnection(payload, reply);
      default:
        return payload;
    }
  }

  /** Past Fastify, which would not announce a length that it does not send. */
  #cutConnection(payload: string, reply: FastifyReply): Promise<never> {
    const { ledger } = this.#dependencies;
    ledger.close(this.entry, { status: reply.statusCode });
    const body = Buffer.from(payload);
    reply.raw.writeHead(reply.statusCode, {
      "content-type": "application/json",
      "content-length": body.length,
    });
    reply.raw.write(firstHalf(body), () => this.#request.socket.destroy());
    return never();
  }

  async #wait(ms: number): Promise<void> {
    try {
      await delay(ms, undefined, { signal: this.#dependencies.signal });
    } catch {
      await never();
    }
  }
}

/** Where nothing must follow any more. Nothing refers to the promise, so it goes with its request. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}

async function readAll(payload: AsyncIterable<Buffer>, tooLarge: () => Error): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of payload) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parsed(body: Buffer): unknown {
  const text = body.toString("utf8");
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function bodyOf({ status, body }: { readonly status: number; readonly body?: unknown }): unknown {
  return body ?? { detail: `Simulated ${status}` };
}

function idOf(item: unknown): number | string | undefined {
  if (typeof item !== "object" || item === null || !("id" in item)) return undefined;
  return typeof item.id === "number" || typeof item.id === "string" ? item.id : undefined;
}

/** Ends inside a character where the second half has one of several bytes: a cut on the wire spares none. */
function firstHalf(body: Buffer): Buffer {
  const middle = Math.floor(body.length / 2);
  const inside = body.subarray(middle).findIndex((byte) => (byte & 0xc0) === 0x80);
  return body.subarray(0, inside === -1 ? middle : middle + inside);
}
