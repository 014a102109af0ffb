/** A secret value on its way to where it is kept. Whatever prints, copies or compares it learns nothing. */
export class Sealed {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** For the one who sends or stores it, and nobody else. */
  open(): string {
    return this.#value;
  }

  toJSON(): string {
    return "[sealed]";
  }
}
