import { systemClock, type Clock } from "../simulator/clock.ts";
import { loadContract } from "./contract.ts";
import { Faults } from "../simulator/faults.ts";
import { createHttpServer } from "./http-server.ts";
import { Ledger } from "../simulator/ledger.ts";
import type { ContractChanges } from "./contract-changes.ts";
import type { PanelAction, PanelResult } from "./panel-action.ts";
import { performInPanel } from "./panel.ts";
import { Park } from "./park.ts";
import type { BillingTerms, Prices } from "./prices.ts";
import type { Catalogue, Limits, StatePath, Timings, User } from "./settings.ts";

export interface SimulatorOptions {
  readonly host?: string;
  /** 0, the default: any free port. */
  readonly port?: number;
  readonly timings?: Partial<Timings>;
  readonly limits?: Limits;
  readonly catalogue?: Partial<Catalogue>;
  readonly user?: Partial<User>;
  readonly statePath?: StatePath;
  /** How the live service differs from the contract. */
  readonly contractChanges?: ContractChanges;
  readonly prices?: Partial<Prices>;
  readonly billingTerms?: Partial<BillingTerms>;
  /** Values for the two tokens that exist from the start; by default random. */
  readonly token?: string;
  readonly masterToken?: string;
  readonly clock?: Clock;
  readonly ledgerCapacity?: number;
}

export interface Simulator {
  readonly url: string;
  /** An ordinary token, named `ordinary`. */
  readonly token: string;
  /** A master token, named `master`. */
  readonly masterToken: string;
  readonly park: Park;
  readonly ledger: Ledger;
  readonly faults: Faults;
  /** Does what a person would do in the panel. */
  readonly perform: (action: PanelAction) => PanelResult;
  /** Ends open connections and whatever is held back, at once. */
  readonly close: () => Promise<void>;
}

/** Starts the simulated service on a real port. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { clock = systemClock, host = "127.0.0.1", port = 0 } = options;
  const park = new Park({ ...options, clock });
  const token = park.tokens.add({ name: "ordinary", ...valueOf(options.token) });
  const master = park.tokens.add({
    name: "master",
    master: true,
    ...valueOf(options.masterToken),
  });
  const ledger = new Ledger(park.clock, options.ledgerCapacity);
  const faults = new Faults();
  const stop = new AbortController();
  const contract = await loadContract();
  const server = await createHttpServer(contract, { park, ledger, faults, signal: stop.signal });
  const url = await server.listen({ host, port });
  return {
    url,
    token: token.value,
    masterToken: master.value,
    park,
    ledger,
    faults,
    perform: (action) => performInPanel(park, ledger, action),
    close: async () => {
      stop.abort();
      await server.close();
    },
  };
}

function valueOf(value: string | undefined): { value?: string } {
  return value === undefined ? {} : { value };
}
