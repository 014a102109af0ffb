import Fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from "fastify";
import { fastifyOpenapiGlue } from "fastify-openapi-glue";
import type { IncomingMessage } from "node:http";
import type { Contract } from "./contract.ts";
import { addControlRoutes, CONTROL_PREFIX } from "./control.ts";
import { answerError, answerUnknownPath } from "./error-answers.ts";
import { Exchange, type ExchangeDependencies } from "./exchange.ts";
import { type AnyBody, type NamedOperation, OPERATIONS } from "./operations.ts";
import type { Call, Outcome } from "./outcome.ts";
import { Refusal } from "./refusal.ts";
import type { Token } from "./tokens.ts";

const DESCRIPTION_PATH = "/openapi.json";
const JSON_TYPE = "application/json";
const INTEGER = /^-?\d{1,15}$/;

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
  app.setNotFoundHandler((request, reply) => answerUnknownPath(request, reply, contract, park));
  const exchanges = new WeakMap<IncomingMessage, Exchange>();
  addExchangeHooks(app, exchanges, dependencies);
  app.get(DESCRIPTION_PATH, async () => contract.describe(park.statePath));
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

async function addApi(
  api: FastifyInstance,
  contract: Contract,
  exchanges: WeakMap<IncomingMessage, Exchange>,
  { park, ledger }: ExchangeDependencies,
): Promise<void> {
  const tokens = new WeakMap<IncomingMessage, Token>();
  const calls = new WeakMap<IncomingMessage, Call<AnyBody>>();
  api.addHook<{ Params: { id?: unknown } }>("preValidation", async (request, reply) => {
    const [path = ""] = request.url.split("?", 1);
    // The router also takes an empty id for an id, and has both forms of the state path.
    if (contract.methodsOf(path, park.statePath).length === 0) {
      await answerUnknownPath(request, reply, contract, park);
      return;
    }
    // Before the body is judged: to a stranger the service says nothing about it.
    const token = park.tokens.authenticate(request.headers.authorization);
    tokens.set(request.raw, token);
    const entry = exchanges.get(request.raw)?.entry;
    if (entry !== undefined) ledger.add(entry, { tokenName: token.name });
    readId(request.params);
    requireBody(request);
  });
  api.addHook<{ Params: { id?: number }; Body: AnyBody }>("preHandler", async (request) => {
    const token = tokens.get(request.raw);
    const { body } = request;
    if (token !== undefined)
      calls.set(request.raw, { park, token, id: request.params.id ?? 0, body });
  });
  await api.register(fastifyOpenapiGlue, {
    specification: contract.everything,
    operationResolver: (_id, method, path) => {
      const operation = OPERATIONS[`${method} ${path}`];
      if (operation === undefined) throw new Error(`no operation for ${method} ${path}`);
      return (request, reply) => {
        const call = calls.get(request.raw);
        if (call === undefined) throw new Error("a request came past its checks");
        const outcome = settle(() => operation.run(call));
        const { effects, status: workStatus } = outcome;
        const entry = exchanges.get(request.raw)?.entry;
        if (entry !== undefined) ledger.add(entry, { effects, workStatus });
        if (outcome.refusal !== undefined) throw outcome.refusal;
        void reply.code(workStatus).send(outcome.body);
      };
    },
  });
}

/** A refusal is an outcome as well: the ledger wants both. */
function settle(work: () => Outcome): Outcome & { readonly refusal?: Refusal } {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: error.status, effects: [], refusal: error };
  }
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

function readId(params: { id?: unknown }): void {
  if (typeof params.id === "string" && INTEGER.test(params.id)) params.id = Number(params.id);
}

function requireBody({ method, body, headers }: FastifyRequest): void {
  if (method !== "POST" && method !== "PATCH") return;
  const [type = ""] = (headers["content-type"] ?? "").split(";", 1);
  if (body !== undefined && type.trim().toLowerCase() === JSON_TYPE) return;
  throw new Refusal(422, [{ loc: ["body"], msg: "Field required", type: "missing" }]);
}
