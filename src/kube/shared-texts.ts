/** What is longer is seldom said twice. */
const MAX_LENGTH = 64;
/** Room for what ten thousand objects have in common; what is their own takes the place of the oldest. */
const CAPACITY = 2_048;

/** Lets values that say the same share one copy of each text: objects of one kind repeat kinds, namespaces, reasons and times. */
export class SharedTexts {
  readonly #known = new Map<string, string>();

  /** The same value, its texts replaced by earlier equal ones. Changes it in place: it must be fresh from the parser. */
  shared<Value>(value: Value): Value {
    if (typeof value === "object" && value !== null) this.#within(value);
    return value;
  }

  #within(value: object): void {
    for (const [name, part] of Object.entries(value)) {
      if (typeof part === "object" && part !== null) this.#within(part);
      else if (typeof part === "string" && part.length <= MAX_LENGTH) {
        const known = this.#one(part);
        // Where it is the first of its kind there is nothing to replace.
        if (known !== undefined) Reflect.set(value, name, known);
      }
    }
  }

  #one(text: string): string | undefined {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#known.size >= CAPACITY) {
      const [oldest = ""] = this.#known.keys();
      this.#known.delete(oldest);
    }
    this.#known.set(text, text);
    return undefined;
  }
}
