import { type Clock, systemClock } from "../simulator/clock.ts";
import { Faults } from "../simulator/faults.ts";
import { Ledger } from "../simulator/ledger.ts";
import { loadContract } from "./contract.ts";
import { createHttpServer } from "./http-server.ts";
import type { PanelAction, PanelResult } from "./panel-action.ts";
import { Panel } from "./panel.ts";
import { performInPanel } from "./perform.ts";
import type { Settings, Timings } from "./settings.ts";
import { TokenSigner } from "./token-signer.ts";

export interface ElementSimulatorOptions {
  readonly host?: string;
  /** 0, the default: any free port. */
  readonly port?: number;
  readonly timings?: Partial<Timings>;
  readonly settings?: Partial<Settings>;
  /** Of the client that exists from the start; by default random. */
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly clock?: Clock;
  /** By default its own; several panels may share one, for making its keys takes long. */
  readonly signer?: TokenSigner;
  readonly ledgerCapacity?: number;
}

export interface ElementSimulator {
  readonly url: string;
  /** Of the client named `main`, who may do everything. */
  readonly clientId: string;
  readonly clientSecret: string;
  readonly panel: Panel;
  readonly ledger: Ledger;
  readonly faults: Faults;
  /** Does what a person would do in the panel. */
  readonly perform: (action: PanelAction) => PanelResult;
  /** Ends open connections and whatever is held back, at once. */
  readonly close: () => Promise<void>;
}

/** Starts the simulated control panel on a real port. */
export async function startElementSimulator(
  options: ElementSimulatorOptions = {},
): Promise<ElementSimulator> {
  const { clock = systemClock, host = "127.0.0.1", port = 0, timings, settings } = options;
  const signer = options.signer ?? (await TokenSigner.make());
  const panel = new Panel({ clock, signer, timings, settings });
  const { clientId, clientSecret } = panel.clients.add({
    name: "main",
    clientId: options.clientId,
    clientSecret: options.clientSecret,
  });
  const ledger = new Ledger(panel.clock, options.ledgerCapacity);
  const faults = new Faults();
  const stop = new AbortController();
  const contract = await loadContract();
  const server = await createHttpServer(contract, { panel, ledger, faults, signal: stop.signal });
  const url = await server.listen({ host, port });
  return {
    url,
    clientId,
    clientSecret,
    panel,
    ledger,
    faults,
    perform: (action) => performInPanel(panel, ledger, action),
    close: async () => {
      stop.abort();
      await server.close();
    },
  };
}
