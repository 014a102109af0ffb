import type { FastifyInstance } from "fastify";
import { addControlRoutes } from "../simulator/control-routes.ts";
import type { Faults } from "../simulator/faults.ts";
import type { Ledger } from "../simulator/ledger.ts";
import { type PanelAction, panelActionSchema } from "./panel-action.ts";
import type { Panel } from "./panel.ts";
import { performInPanel } from "./perform.ts";
import { invalid, Refusal } from "./refusal.ts";
import { stateOfPanel } from "./state.ts";

/** How a test or a person at the demo rules the simulator. */
export function addControl(
  app: FastifyInstance,
  panel: Panel,
  ledger: Ledger,
  faults: Faults,
): void {
  addControlRoutes(app, {
    ledger,
    faults,
    now: panel.clock.now,
    forbidden: (message) => new Refusal("PERMISSION_DENIED", { ru: message, en: message }),
    invalidPath: (message) => invalid({ ru: message, en: message }),
  });
  app.get("/state", async () => stateOfPanel(panel));
  app.post<{ Body: PanelAction }>(
    "/panel",
    { schema: { body: panelActionSchema } },
    async ({ body }) => performInPanel(panel, ledger, body),
  );
}
