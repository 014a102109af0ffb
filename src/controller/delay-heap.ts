interface Entry {
  readonly key: string;
  readonly dueMs: number;
}

/** Keys by the time they are due: a binary heap, with each key in force once. */
export class DelayHeap {
  readonly #heap: Entry[] = [];
  /** The time that counts for a key; entries of the heap that differ from it are void. */
  readonly #due = new Map<string, number>();

  get earliest(): number | undefined {
    this.#dropVoid();
    return this.#heap[0]?.dueMs;
  }

  /** Of several times for a key the earliest counts. */
  push(key: string, dueMs: number): void {
    const before = this.#due.get(key);
    if (before !== undefined && before <= dueMs) return;
    this.#due.set(key, dueMs);
    this.#heap.push({ key, dueMs });
    this.#rise(this.#heap.length - 1);
  }

  delete(key: string): void {
    this.#due.delete(key);
  }

  popDue(nowMs: number): string[] {
    const keys: string[] = [];
    for (let dueMs = this.earliest; dueMs !== undefined && dueMs <= nowMs; dueMs = this.earliest) {
      const entry = this.#popFirst();
      if (entry === undefined) break;
      this.#due.delete(entry.key);
      keys.push(entry.key);
    }
    return keys;
  }

  #dropVoid(): void {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (this.#due.get(first.key) === first.dueMs) return;
      this.#popFirst();
    }
  }

  #popFirst(): Entry | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#sink(0);
    }
    return first;
  }

  #rise(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#dueAt(parent) <= this.#dueAt(index)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #sink(from: number): void {
    let index = from;
    for (;;) {
      const left = 2 * index + 1;
      const smaller = this.#dueAt(left + 1) < this.#dueAt(left) ? left + 1 : left;
      if (this.#dueAt(index) <= this.#dueAt(smaller)) return;
      this.#swap(index, smaller);
      index = smaller;
    }
  }

  #dueAt(index: number): number {
    return this.#heap[index]?.dueMs ?? Infinity;
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#heap[a], this.#heap[b]];
    if (first === undefined || second === undefined) return;
    this.#heap[a] = second;
    this.#heap[b] = first;
  }
}
