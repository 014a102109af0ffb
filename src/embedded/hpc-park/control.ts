import type { FastifyInstance } from "fastify";
import { isIP } from "node:net";
import { mostAlivePerMarker } from "./alive-per-marker.ts";
import { type FaultRule, type Faults, faultRuleSchema } from "./faults.ts";
import type { Ledger } from "./ledger.ts";
import { type PanelAction, panelActionSchema } from "./panel-action.ts";
import { performInPanel } from "./panel.ts";
import type { Park } from "./park.ts";
import { invalid, Refusal } from "./refusal.ts";
import { stateOfPark } from "./state.ts";

export const CONTROL_PREFIX = "/_control";

/** How a test or a person at the demo rules the simulator. No part of the service; for this machine only. */
export function addControlRoutes(
  app: FastifyInstance,
  park: Park,
  ledger: Ledger,
  faults: Faults,
): void {
  app.addHook("onRequest", async ({ socket }) => {
    if (isLoopback(socket.remoteAddress ?? "")) return;
    throw new Refusal(403, "The control path is for the loopback interface only");
  });

  app.get<{ Querystring: { since?: string } }>("/ledger", async ({ query }) => ({
    dropped: ledger.dropped,
    entries: ledger.since(Number(query.since ?? 0)),
  }));
  app.get("/markers", async () => mostAlivePerMarker(ledger.entries, park.clock.now()));
  app.get("/state", async () => stateOfPark(park));

  app.get("/faults", async () => faults.list());
  app.post<{ Body: FaultRule }>(
    "/faults",
    { schema: { body: faultRuleSchema } },
    async ({ body }, reply) => {
      reply.code(201);
      return { id: addRule(faults, body) };
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

  app.post<{ Body: PanelAction }>(
    "/panel",
    { schema: { body: panelActionSchema } },
    async ({ body }) => performInPanel(park, ledger, body),
  );
}

function addRule(faults: Faults, rule: FaultRule): number {
  try {
    return faults.add(rule);
  } catch (error) {
    throw invalid(["match", "path"], error instanceof Error ? error.message : String(error));
  }
}

function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/, "");
  return plain === "::1" || (isIP(plain) === 4 && plain.startsWith("127."));
}
