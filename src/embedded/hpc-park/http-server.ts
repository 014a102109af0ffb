import Fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from "fastify";
import { addApi, JSON_TYPE } from "./api.ts";
import type { Contract } from "./contract.ts";
import { addControl } from "./control.ts";
import { answerError, answerUnknownPath } from "./error-answers.ts";
import { CONTROL_PREFIX } from "../simulator/control-routes.ts";
import type { ServiceFacts } from "../simulator/exchange.ts";
import { addExchangeHooks } from "../simulator/exchange-hooks.ts";
import type { Park } from "./park.ts";
import { type NamedOperation, OPERATIONS } from "./operations.ts";
import { notFound, Refusal } from "./refusal.ts";
import type { Faults } from "../simulator/faults.ts";
import type { Ledger } from "../simulator/ledger.ts";
import { THING_KINDS } from "./thing.ts";

interface ServerDependencies {
  readonly park: Park;
  readonly ledger: Ledger;
  readonly faults: Faults;
  /** Ends all waiting when the simulator closes. */
  readonly signal: AbortSignal;
}

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
  dependencies: ServerDependencies,
): Promise<FastifyInstance> {
  const { park, ledger, faults, signal } = dependencies;
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
  const exchanges = addExchangeHooks(app, operationOf, {
    ledger,
    faults,
    signal,
    service: factsOf(park),
  });
  app.get(DESCRIPTION_PATH, async () => contract.edition(park.live).description);
  await app.register(async (control) => addControl(control, park, ledger, faults), {
    prefix: CONTROL_PREFIX,
  });
  await app.register((api) => addApi(api, contract, exchanges, { park, ledger }));
  return app;
}

function factsOf(park: Park): ServiceFacts {
  return {
    now: park.clock.now,
    madeAtMs: (kind, id) => {
      const known = kind === "token" ? kind : THING_KINDS.find((name) => name === kind);
      return known === undefined ? undefined : park.madeAtMs(known, Number(id));
    },
    notFoundBody: () => ({ detail: notFound().detail }),
    tooLarge: () => new Refusal(413, "Request body is too large"),
  };
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
