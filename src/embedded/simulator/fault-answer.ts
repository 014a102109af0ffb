import type { FastifyReply } from "fastify";

/** An answer that a fault puts in the place of the real one. */
export class FaultAnswer extends Error {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    super(`a fault answers ${status}`);
    this.name = "FaultAnswer";
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export async function sendFault(
  { status, body, headers }: FaultAnswer,
  reply: FastifyReply,
): Promise<void> {
  const isText = typeof body === "string";
  await reply
    .code(status)
    .type(isText ? "text/plain; charset=utf-8" : "application/json")
    .headers(headers)
    .send(isText ? body : JSON.stringify(body));
}
