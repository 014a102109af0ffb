import Fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from "fastify";
import type { IncomingMessage } from "node:http";
import { addApi, JSON_TYPE } from "./api.ts";
import type { Contract } from "./contract.ts";
import { addControlRoutes, CONTROL_PREFIX } from "./control.ts";
import { answerError, answerUnknownPath } from "./error-answers.ts";
import { Exchange, type ExchangeDependencies } from "./exchange.ts";
import { type NamedOperation, OPERATIONS } from "./operations.ts";
import { Refusal } from "./refusal.ts";

const DESCRIPTION_PATH = "/openapi.json";

/** By method and path as Fastify writes them. */
const OPERATION_BY_ROUTE = new Map<string, Pick<NamedOperation, "name" | "reads">>([
  [`GET ${DESCRIPTION_PATH}`, { name: "readDescription" }],
  ...Object.entries(OPERATIONS).map(
    ([key, operation]) => [key.replace("{id}", ":id"), operation] as const,
  ),
]);

/** The service and its control path, not listening yet. */
export async function createHttpServer(
  contract: Contract,
  dependencies: ExchangeDependencies,
): Promise<FastifyInstance> {
  const { park, ledger, faults } = dependencies;
  const app = Fastify({
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    // Bodies are taken as they are: the service refuses "1" where it wants 1.
    ajv: {
      customOptions: {
        coerceTypes: false,
        removeAdditional: false,
        allErrors: true,
        strict: false,
      },
    },
  });
  readJson(app);
  // Straight to JSON: a ready-made serializer would hide what the contract does not know, such as an odd state.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setErrorHandler<FastifyError>((error, _, reply) => answerError(error, reply));
  app.setNotFoundHandler((request, reply) =>
    answerUnknownPath(request, reply, contract.edition(park.live)),
  );
  const exchanges = new WeakMap<IncomingMessage, Exchange>();
  addExchangeHooks(app, exchanges, dependencies);
  app.get(DESCRIPTION_PATH, async () => contract.edition(park.live).description);
  await app.register(async (control) => addControlRoutes(control, park, ledger, faults), {
    prefix: CONTROL_PREFIX,
  });
  await app.register((api) => addApi(api, contract, exchanges, dependencies));
  return app;
}

function addExchangeHooks(
  app: FastifyInstance,
  exchanges: WeakMap<IncomingMessage, Exchange>,
  dependencies: ExchangeDependencies,
): void {
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
}

function operationOf({
  method,
  routeOptions,
}: FastifyRequest): Pick<NamedOperation, "name" | "reads"> | undefined {
  return OPERATION_BY_ROUTE.get(`${method} ${routeOptions.url}`);
}

function readJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(JSON_TYPE, { parseAs: "string" }, async (_: unknown, text: string) => {
    if (text === "") return undefined;
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw new Refusal(422, [{ loc: ["body"], msg: "JSON decode error", type: "json_invalid" }]);
    }
  });
  app.addContentTypeParser("*", { parseAs: "string" }, async () => undefined);
}
