import type { FastifyInstance } from "fastify";
import { addControlRoutes } from "../simulator/control-routes.ts";
import type { Faults } from "../simulator/faults.ts";
import type { Ledger } from "../simulator/ledger.ts";
import { type PanelAction, panelActionSchema } from "./panel-action.ts";
import { performInPanel } from "./panel.ts";
import type { Park } from "./park.ts";
import { invalid, Refusal } from "./refusal.ts";
import { stateOfPark } from "./state.ts";

/** How a test or a person at the demo rules the simulator. */
export function addControl(app: FastifyInstance, park: Park, ledger: Ledger, faults: Faults): void {
  addControlRoutes(app, {
    ledger,
    faults,
    now: park.clock.now,
    forbidden: (message) => new Refusal(403, message),
    invalidPath: (message) => invalid(["match", "path"], message),
  });
  app.get("/state", async () => stateOfPark(park));
  app.post<{ Body: PanelAction }>(
    "/panel",
    { schema: { body: panelActionSchema } },
    async ({ body }) => performInPanel(park, ledger, body),
  );
}
