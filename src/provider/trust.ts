import { type BreakerState, judgeList, TRUSTED } from "../core/breaker.ts";

/**
 * Whether what an account shows is to be believed. What one kind's list gives away holds for all kinds: they have the credential and
 * the endpoint in common.
 */
export class Trust {
  readonly #onChange: (suspicion: string | undefined) => void;
  readonly #states = new Map<string, BreakerState>();
  readonly #doubts = new Map<string, string>();
  #broken: string | undefined;

  /** @param onChange Told when the account turns suspect, and when it is trusted again. */
  constructor(onChange: (suspicion: string | undefined) => void) {
    this.#onChange = onChange;
  }

  /** Why nothing is to be created or deleted at present; undefined while all is well. */
  get suspicion(): string | undefined {
    if (this.#broken !== undefined) return this.#broken;
    const [doubt] = this.#doubts.values();
    if (doubt !== undefined) return doubt;
    return [...this.#states.values()].find(({ suspicion }) => suspicion !== undefined)?.suspicion;
  }

  /** Judges one complete list of a kind; see `judgeList`. */
  judge(kind: string, known: number, missing: number): void {
    this.#changing(() => {
      this.#states.set(kind, judgeList(this.#states.get(kind) ?? TRUSTED, known, missing));
    });
  }

  /** A list that is not asked for any more. */
  forget(kind: string): void {
    this.#changing(() => {
      this.#states.delete(kind);
    });
  }

  /** Distrusts the account for as long as this process lives. */
  breakOff(why: string): void {
    this.#changing(() => {
      this.#broken ??= why;
    });
  }

  /** Distrusts the account for as long as `who` says so; undefined takes that back. */
  doubt(who: string, why: string | undefined): void {
    this.#changing(() => {
      if (why === undefined) this.#doubts.delete(who);
      else this.#doubts.set(who, why);
    });
  }

  #changing(change: () => void): void {
    const before = this.suspicion;
    change();
    if ((before === undefined) !== (this.suspicion === undefined)) this.#onChange(this.suspicion);
  }
}
