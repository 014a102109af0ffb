import type { FastifyInstance, FastifyRequest } from "fastify";
import type { IncomingMessage } from "node:http";
import { CONTROL_PREFIX } from "./control-routes.ts";
import { Exchange, type ExchangeDependencies, type ExchangeOperation } from "./exchange.ts";

/** Sends every request but those of the control path on its way through an exchange; returns the exchanges. */
export function addExchangeHooks(
  app: FastifyInstance,
  operationOf: (request: FastifyRequest) => ExchangeOperation | undefined,
  dependencies: ExchangeDependencies,
): WeakMap<IncomingMessage, Exchange> {
  const exchanges = new WeakMap<IncomingMessage, Exchange>();
  app.addHook("onRequest", async (request, reply) => {
    if (request.url.startsWith(`${CONTROL_PREFIX}/`)) return;
    const operation = operationOf(request);
    exchanges.set(request.raw, new Exchange(request, reply, operation, dependencies));
  });
  app.addHook("preParsing", async (request, _, payload) =>
    exchanges.get(request.raw)?.receive(payload),
  );
  app.addHook("preSerialization", async (request, reply, payload) => {
    const exchange = exchanges.get(request.raw);
    return exchange === undefined ? payload : exchange.hide(payload, reply);
  });
  app.addHook("onSend", async (request, reply, payload) => {
    const exchange = exchanges.get(request.raw);
    return exchange === undefined ? payload : exchange.send(payload, reply);
  });
  return exchanges;
}
