import type { FastifyInstance, FastifyRequest } from "fastify";
import { fastifyOpenapiGlue } from "fastify-openapi-glue";
import type { IncomingMessage } from "node:http";
import { shapeAnswer } from "./answer-shape.ts";
import type { Contract } from "./contract.ts";
import type { OperationShape } from "./edition.ts";
import { answerUnknownPath } from "./error-answers.ts";
import type { Exchange } from "../simulator/exchange.ts";
import type { Ledger } from "../simulator/ledger.ts";
import { type AnyBody, OPERATIONS } from "./operations.ts";
import type { Call, Outcome } from "./outcome.ts";
import { type PageRequest, readPageRequest } from "./page.ts";
import type { Park } from "./park.ts";
import { masterOnly, notFound, Refusal } from "./refusal.ts";
import { checkBody } from "./request-body.ts";
import type { Token } from "./tokens.ts";

export const JSON_TYPE = "application/json";
const INTEGER = /^-?\d{1,15}$/;

/** A request that was let in, and the operation as it was live then. */
interface Visit {
  readonly token: Token;
  readonly shape: OperationShape;
  /** Where what it answers comes in pages. */
  page?: PageRequest;
}

type Visits = WeakMap<IncomingMessage, Visit>;
type Calls = WeakMap<IncomingMessage, Call<AnyBody>>;

interface ApiDependencies {
  readonly park: Park;
  readonly ledger: Ledger;
}

interface Entrance extends ApiDependencies {
  readonly visits: Visits;
  readonly exchanges: WeakMap<IncomingMessage, Exchange>;
}

/** The routes of the contract. */
export async function addApi(
  api: FastifyInstance,
  contract: Contract,
  exchanges: WeakMap<IncomingMessage, Exchange>,
  dependencies: ApiDependencies,
): Promise<void> {
  const { park, ledger } = dependencies;
  const visits: Visits = new WeakMap();
  const calls: Calls = new WeakMap();
  addEntrance(api, contract, { visits, exchanges, park, ledger });
  addChecks(api, { visits, calls, park });
  api.addHook("preSerialization", async (request, reply, payload) => {
    const visit = visits.get(request.raw);
    if (visit === undefined || reply.statusCode >= 300) return payload;
    const [path = ""] = request.url.split("?", 1);
    return shapeAnswer(payload, path, visit);
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

/** Before the body is judged: to a stranger the service says nothing about it. */
function addEntrance(
  api: FastifyInstance,
  contract: Contract,
  { visits, exchanges, park, ledger }: Entrance,
): void {
  api.addHook<{ Params: { id?: unknown } }>("preValidation", async (request, reply) => {
    const [path = ""] = request.url.split("?", 1);
    const edition = contract.edition(park.live);
    // The router also takes an empty id for an id, and has paths that are not live.
    if (edition.methodsOf(path).length === 0) {
      await answerUnknownPath(request, reply, edition);
      return;
    }
    const route = (request.routeOptions.url ?? "").replace(":id", "{id}");
    const shape = edition.operation(`${request.method} ${route}`);
    if (shape === undefined) throw notFound();
    const token = park.tokens.authenticate(request.headers.authorization);
    visits.set(request.raw, { token, shape });
    const entry = exchanges.get(request.raw)?.entry;
    if (entry !== undefined) ledger.add(entry, { tokenName: token.name });
    const [, section] = /^\/v1\/([a-z]+)/.exec(path) ?? [];
    if (!token.master && park.masterOnly.some((name) => name === section)) throw masterOnly();
    readId(request.params);
    requireBody(request);
  });
}

/** What the request asks for, against the contract as it is live. */
function addChecks(
  api: FastifyInstance,
  { visits, calls, park }: { visits: Visits; calls: Calls; park: Park },
): void {
  api.addHook<{ Params: { id?: number }; Querystring: Record<string, unknown>; Body: AnyBody }>(
    "preHandler",
    async (request) => {
      const visit = visits.get(request.raw);
      if (visit === undefined) return;
      const { token, shape } = visit;
      const { query } = request;
      if (shape.pageSize !== undefined) visit.page = readPageRequest(query, shape.pageSize);
      checkBody(request, shape);
      const { body } = request;
      const account = park.accounts.of(token);
      calls.set(request.raw, { park, token, account, id: request.params.id ?? 0, query, body });
    },
  );
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

function readId(params: { id?: unknown }): void {
  if (typeof params.id === "string" && INTEGER.test(params.id)) params.id = Number(params.id);
}

function requireBody({ method, body, headers }: FastifyRequest): void {
  if (method !== "POST" && method !== "PATCH") return;
  const [type = ""] = (headers["content-type"] ?? "").split(";", 1);
  if (body !== undefined && type.trim().toLowerCase() === JSON_TYPE) return;
  throw new Refusal(422, [{ loc: ["body"], msg: "Field required", type: "missing" }]);
}
