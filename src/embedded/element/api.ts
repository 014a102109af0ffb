import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { IncomingMessage } from "node:http";
import type { Exchange } from "../simulator/exchange.ts";
import type { Ledger } from "../simulator/ledger.ts";
import type { Client } from "./clients.ts";
import type { ContractOperation } from "./contract.ts";
import { answerUnknownPath, refusalOf } from "./error-answers.ts";
import { type AnyBody, type NamedOperation, OPERATIONS } from "./operations.ts";
import type { Call, Outcome } from "./outcome.ts";
import type { Panel } from "./panel.ts";
import { readQuery } from "./query.ts";
import { permissionDenied, Refusal } from "./refusal.ts";

interface ApiDependencies {
  readonly panel: Panel;
  readonly ledger: Ledger;
  readonly exchanges: WeakMap<IncomingMessage, Exchange>;
}

type AnyRequest = FastifyRequest<{ Params: Record<string, string>; Body: AnyBody }>;

/** The routes of the contract. */
export async function addApi(
  api: FastifyInstance,
  contract: readonly ContractOperation[],
  dependencies: ApiDependencies,
): Promise<void> {
  const shapes = new WeakMap<IncomingMessage, NonNullable<Outcome["shape"]>>();
  api.addHook("preSerialization", async (request, reply, payload) => {
    const shape = shapes.get(request.raw);
    return shape === undefined || reply.statusCode >= 300 ? payload : shape(payload);
  });
  for (const described of contract) {
    const operation = OPERATIONS[described.key];
    if (operation === undefined) throw new Error(`no operation for ${described.key}`);
    api.route<{ Params: Record<string, string>; Body: AnyBody }>({
      method: described.method,
      url: routeOf(described),
      handler: async (request, reply) => {
        const { panel, ledger, exchanges } = dependencies;
        const entry = exchanges.get(request.raw)?.entry;
        // The router also takes an empty id for an id.
        if (Object.values(request.params).includes("")) {
          return answerUnknownPath(request, reply, panel);
        }
        panel.applications.settle();
        const client = letIn(panel, request, operation);
        if (entry !== undefined) ledger.add(entry, { tokenName: client.name });
        requireRights(client, operation, described);
        const outcome = settle(() => operation.run(readCall(panel, client, request, described)));
        const { effects, status: workStatus } = outcome;
        if (entry !== undefined) ledger.add(entry, { effects, workStatus });
        if (outcome.refusal !== undefined) throw outcome.refusal;
        if (outcome.shape !== undefined) shapes.set(request.raw, outcome.shape);
        return answer(reply, outcome);
      },
    });
  }
}

/** As Fastify writes it. */
export function routeOf({ path }: Pick<ContractOperation, "path">): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

function letIn({ clients }: Panel, { headers }: AnyRequest, { entrance }: NamedOperation): Client {
  const { authorization } = headers;
  return entrance === "sign-in"
    ? clients.signIn(authorization)
    : clients.authenticate(authorization);
}

function requireRights(
  { rights }: Client,
  { entrance }: NamedOperation,
  { method }: ContractOperation,
): void {
  if (entrance !== undefined || rights === "all") return;
  if (rights === "none" || method !== "GET") throw permissionDenied();
}

/** Judges what the request holds; to a stranger the panel says nothing about it. */
function readCall(
  panel: Panel,
  client: Client,
  request: AnyRequest,
  { body: schema, query }: ContractOperation,
): Call<AnyBody> {
  if (schema !== undefined) {
    const validate = request.compileValidationSchema(schema, "body");
    if (!validate(request.body)) throw refusalOf(validate.errors ?? []);
  }
  const { params, body } = request;
  return { panel, client, params, query: readQuery(request.query, query), body };
}

/** A refusal is an outcome as well: the ledger wants both. */
function settle(work: () => Outcome): Outcome & { readonly refusal?: Refusal } {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: error.http, effects: [], refusal: error };
  }
}

function answer(reply: FastifyReply, { status, body }: Outcome): FastifyReply {
  return reply.code(status).send(body);
}
