import Fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from "fastify";
import { CONTROL_PREFIX } from "../simulator/control-routes.ts";
import type { ExchangeOperation, ServiceFacts } from "../simulator/exchange.ts";
import { addExchangeHooks } from "../simulator/exchange-hooks.ts";
import type { Faults } from "../simulator/faults.ts";
import type { Ledger } from "../simulator/ledger.ts";
import { addApi, routeOf } from "./api.ts";
import type { ContractOperation } from "./contract.ts";
import { addControl } from "./control.ts";
import { answerError, answerUnknownPath, errorBody, startingUpAnswer } from "./error-answers.ts";
import { OPERATIONS } from "./operations.ts";
import type { Panel } from "./panel.ts";
import { invalid, Refusal } from "./refusal.ts";

const JSON_TYPE = "application/json";
const FORM_TYPE = "application/x-www-form-urlencoded";

interface ServerDependencies {
  readonly panel: Panel;
  readonly ledger: Ledger;
  readonly faults: Faults;
  /** Ends all waiting when the simulator closes. */
  readonly signal: AbortSignal;
}

/** The panel and its control path, not listening yet. */
export async function createHttpServer(
  contract: readonly ContractOperation[],
  { panel, ledger, faults, signal }: ServerDependencies,
): Promise<FastifyInstance> {
  const app = Fastify({
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    // Bodies are taken as they are: the panel refuses "true" where it wants true.
    ajv: {
      customOptions: {
        coerceTypes: false,
        removeAdditional: false,
        allErrors: true,
        strict: false,
      },
    },
  });
  readBodies(app);
  // Straight to JSON: a ready-made serializer would hide what the contract does not know, such as an odd status.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setErrorHandler<FastifyError>((error, _, reply) => answerError(error, reply, panel));
  app.setNotFoundHandler((request, reply) => answerUnknownPath(request, reply, panel));
  const service = factsOf(panel);
  const exchanges = addExchangeHooks(app, namesOf(contract), { ledger, faults, signal, service });
  // After the exchange has taken note of the request and its faults have had their turn.
  app.addHook("preParsing", async ({ url }) => {
    if (panel.isStartingUp && !url.startsWith(`${CONTROL_PREFIX}/`)) {
      throw startingUpAnswer();
    }
  });
  await app.register(async (control) => addControl(control, panel, ledger, faults), {
    prefix: CONTROL_PREFIX,
  });
  await app.register((api) => addApi(api, contract, { panel, ledger, exchanges }));
  return app;
}

function namesOf(
  contract: readonly ContractOperation[],
): (request: FastifyRequest) => ExchangeOperation | undefined {
  const byRoute = new Map(
    contract.map((described) => [
      `${described.method} ${routeOf(described)}`,
      OPERATIONS[described.key],
    ]),
  );
  return ({ method, routeOptions }) => byRoute.get(`${method} ${routeOptions.url}`);
}

function factsOf(panel: Panel): ServiceFacts {
  const gone = { ru: "Объект не найден", en: "The object is not found" };
  return {
    now: panel.clock.now,
    madeAtMs: (kind, id) => panel.madeAtMs(kind, String(id)),
    notFoundBody: () => errorBody(panel, new Refusal("NOT_FOUND", gone)),
    tooLarge: () => invalid({ ru: "Слишком большое тело запроса", en: "The body is too large" }),
  };
}

function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(JSON_TYPE, { parseAs: "string" }, async (_: unknown, text: string) => {
    if (text === "") return undefined;
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw invalid({ ru: "Тело запроса не является JSON", en: "The body is no JSON" });
    }
  });
  app.addContentTypeParser(FORM_TYPE, { parseAs: "string" }, async (_: unknown, text: string) => {
    const form = Object.fromEntries(new URLSearchParams(text));
    // The reference knows one spelling; the panel takes the other as well.
    if (form["grant_type"] === "CLIENT_CREDENTIALS") form["grant_type"] = "client_credentials";
    return form;
  });
  app.addContentTypeParser("*", { parseAs: "string" }, async () => undefined);
}
