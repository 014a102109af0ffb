import { DelayHeap } from "../../src/controller/delay-heap.ts";
import { Workqueue } from "../../src/controller/workqueue.ts";
import type { Process } from "./surroundings.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** The middle of the jitter: a lifecycle depends on its script alone. */
export const random = (): number => 0.5;

/** The real workqueue on the virtual clock: only its one timer is replaced (`addAfter`, `#schedule`, `#wake`). */
export class ModelQueue extends Workqueue {
  readonly #clock: VirtualClock;
  readonly #process: Process;
  readonly #later = new DelayHeap();

  constructor(clock: VirtualClock, process: Process) {
    super({ now: clock.now, random });
    this.#clock = clock;
    this.#process = process;
  }

  override add(key: string): void {
    this.#later.delete(key);
    super.add(key);
  }

  override addAfter(key: string, delayMs: number): void {
    if (delayMs <= 0) {
      this.add(key);
      return;
    }
    this.#later.push(key, this.#clock.now() + delayMs);
    this.#clock.after(delayMs, () => this.#wake());
  }

  #wake(): void {
    if (this.#process.isDead) return;
    for (const key of this.#later.popDue(this.#clock.now())) this.add(key);
  }
}
