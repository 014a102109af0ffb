import type { FastifyInstance } from "fastify";
import { isIP } from "node:net";
import { mostAlivePerMarker } from "./alive-per-marker.ts";
import { type FaultRule, type Faults, faultRuleSchema } from "./faults.ts";
import type { Ledger } from "./ledger.ts";

export const CONTROL_PREFIX = "/_control";

export interface ControlDependencies {
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly now: () => number;
  /** How the service refuses whoever comes over another interface. */
  readonly forbidden: (message: string) => Error;
  /** How it refuses a rule whose path is no regular expression. */
  readonly invalidPath: (message: string) => Error;
}

/** How a test or a person at the demo rules a simulator. No part of the service; for this machine only. */
export function addControlRoutes(
  app: FastifyInstance,
  { ledger, faults, now, forbidden, invalidPath }: ControlDependencies,
): void {
  app.addHook("onRequest", async ({ socket }) => {
    if (isLoopback(socket.remoteAddress ?? "")) return;
    throw forbidden("The control path is for the loopback interface only");
  });

  app.get<{ Querystring: { since?: string } }>("/ledger", async ({ query }) => ({
    dropped: ledger.dropped,
    entries: ledger.since(Number(query.since ?? 0)),
  }));
  app.get("/markers", async () => mostAlivePerMarker(ledger.entries, now()));

  app.get("/faults", async () => faults.list());
  app.post<{ Body: FaultRule }>(
    "/faults",
    { schema: { body: faultRuleSchema } },
    async ({ body }, reply) => {
      reply.code(201);
      try {
        return { id: faults.add(body) };
      } catch (error) {
        throw invalidPath(error instanceof Error ? error.message : String(error));
      }
    },
  );
  app.delete("/faults", async (_, reply) => {
    faults.clear();
    return reply.code(204).send();
  });
  app.delete<{ Params: { id: string } }>("/faults/:id", async ({ params }, reply) => {
    faults.clear(Number(params.id));
    return reply.code(204).send();
  });
}

function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/, "");
  return plain === "::1" || (isIP(plain) === 4 && plain.startsWith("127."));
}
