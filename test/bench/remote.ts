import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { FaultRule } from "../../src/embedded/simulator/faults.ts";
import type { Answers, Call, Order } from "./simulator-process.ts";

/** The simulator in its own process, as the bench sees it. */
export class Remote {
  readonly url: string;
  readonly token: string;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  #orders = 0;

  private constructor(child: ChildProcess, { url, token }: { url: string; token: string }) {
    this.#child = child;
    this.url = url;
    this.token = token;
    child.on("message", ({ id, answer }: { id: number; answer: unknown }) => {
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    });
  }

  static async start(): Promise<Remote> {
    const child = fork(join(import.meta.dirname, "simulator-process.ts"));
    const [hello] = await once(child, "message");
    return new Remote(child, hello);
  }

  /** A moment, to ask later for what came after it. */
  place(): Promise<number> {
    return this.#order({ do: "place" });
  }

  calls(since: number): Promise<readonly Call[]> {
    return this.#order({ do: "calls", since });
  }

  /** Makes every instance show something new. */
  async age(): Promise<void> {
    await this.#order({ do: "age" });
  }

  /** Everything that lives there goes, as if it had never been. */
  async forget(): Promise<void> {
    await this.#order({ do: "forget" });
  }

  async fail(rule: FaultRule): Promise<void> {
    await this.#order({ do: "fault", rule });
  }

  async heal(): Promise<void> {
    await this.#order({ do: "heal" });
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.disconnect();
    await ended;
  }

  #order<Name extends Order["do"]>(order: Extract<Order, { do: Name }>): Promise<Answers[Name]> {
    this.#orders += 1;
    const id = this.#orders;
    return new Promise((resolve) => {
      // The other side answers each order with what belongs to it.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      this.#waiting.set(id, (answer) => resolve(answer as Answers[Name]));
      this.#child.send({ id, order });
    });
  }
}

/** How many calls of each operation. */
export function countOf(calls: readonly Call[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { operation } of calls) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}
