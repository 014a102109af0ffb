import type { FastifyInstance } from "fastify";
import { isIP } from "node:net";
import { mostAlivePerMarker } from "./alive-per-marker.ts";
import { type FaultRule, type Faults, faultRuleSchema } from "./faults.ts";
import { instanceView } from "./instance-view.ts";
import type { Ledger } from "./ledger.ts";
import { namespaceView } from "./namespace.ts";
import { type PanelAction, panelActionSchema } from "./panel-action.ts";
import { performInPanel } from "./panel.ts";
import type { Park } from "./park.ts";
import { invalid, Refusal } from "./refusal.ts";
import { storageView } from "./storage.ts";
import type { Thing } from "./thing.ts";

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

/** Everything alive, whoever may see it. */
export function stateOfPark(park: Park): Record<string, unknown> {
  const owned = ({ tokenId, userId, createdMs }: Thing): object => {
    const token = tokenId === null ? null : (park.tokens.get(tokenId)?.name ?? "(revoked)");
    return { token, userId, createdMs };
  };
  return {
    nowMs: park.clock.now(),
    user: park.user,
    statePath: park.statePath,
    timings: park.timings,
    limits: park.limits,
    instances: park.instances
      .all()
      .map((instance) => Object.assign(instanceView(park, instance), owned(instance))),
    storages: park.storages
      .all()
      .map((storage) => Object.assign(storageView(park, storage), owned(storage))),
    namespaces: park.namespaces
      .all()
      .map((namespace) => Object.assign(namespaceView(namespace), owned(namespace))),
    tokens: park.tokens.all().map(({ id, name, master, expiresAtMs, grants }) => ({
      id,
      name,
      master,
      expires_at: new Date(expiresAtMs).toISOString(),
      grants: [...grants],
    })),
  };
}

function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/, "");
  return plain === "::1" || (isIP(plain) === 4 && plain.startsWith("127."));
}
