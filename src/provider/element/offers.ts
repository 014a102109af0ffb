import { setTimeout as delay } from "node:timers/promises";
import type { Terms } from "../../core/terms.ts";
import { ProviderError } from "../errors.ts";
import type { Panel } from "./panel.ts";

/** What a panel can do changes with its releases. */
const AGAIN_MS = 3_600_000;

/** The kinds of database that the panel offers: what it does not offer is not asked for. */
export class Offers {
  readonly #panel: Panel;
  readonly #afterFailureMs: number;
  readonly #onChange: () => void;
  #terms: Terms | undefined;

  constructor(panel: Panel, afterFailureMs: number, onChange: () => void) {
    this.#panel = panel;
    this.#afterFailureMs = afterFailureMs;
    this.#onChange = onChange;
  }

  /** The same object as long as the panel says the same. */
  get terms(): Terms | undefined {
    return this.#terms;
  }

  /** Reads now and again until the signal aborts. Without it the panel refuses what it does not offer by itself. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const isRead = await this.#read(signal);
      const waitMs = isRead ? AGAIN_MS : this.#afterFailureMs;
      await delay(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #read(signal: AbortSignal): Promise<boolean> {
    try {
      const types = await this.#panel.list("/dbms/types", "list DBMS types", ["items"], signal);
      const names = types.map((type) => type.text("type")).filter((name) => name !== undefined);
      this.#learn(names.toSorted());
      return true;
    } catch (error) {
      if (!(error instanceof ProviderError) && !signal.aborted) throw error;
      return false;
    }
  }

  #learn(names: readonly string[]): void {
    const before = this.#terms?.offers.get("dbmsType") ?? [];
    if (JSON.stringify(before) === JSON.stringify(names)) return;
    this.#terms = names.length === 0 ? undefined : { offers: new Map([["dbmsType", names]]) };
    this.#onChange();
  }
}
