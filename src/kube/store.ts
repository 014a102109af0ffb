import { setImmediate as nextTurn } from "node:timers/promises";
import { keyOf, type KubeObject } from "./kube-object.ts";
import { SharedTexts } from "./shared-texts.ts";
import { compareResourceVersions } from "./resource-version.ts";

/** So many objects are indexed in one turn of the event loop, in some 5 ms. */
const OBJECTS_A_TURN = 100;

/** What happened to a key: `current` is undefined where it left, `previous` where it is new. */
export type ChangeHandler<T> = (
  key: string,
  current: T | undefined,
  previous: T | undefined,
) => void;

/**
 * The informer's cache: the latest known copy of every object, with indexes.
 *
 * An event with an older resourceVersion never replaces a newer one. An object that was deleted and made anew under the same name is told as
 * two changes, for it is another object.
 */
export class Store<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #indexes = new Map<string, Index<T>>();
  readonly #handlers = new Set<ChangeHandler<T>>();
  readonly #texts = new SharedTexts();
  readonly #onHandlerError: (error: unknown) => void;

  /** @param onHandlerError Told of a handler or an index that throws; the others are called all the same. */
  constructor(onHandlerError: (error: unknown) => void) {
    this.#onHandlerError = onHandlerError;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list(): Iterable<T> {
    return this.#objects.values();
  }

  /** To be called before the first object comes in. */
  addIndex(name: string, valuesOf: (object: T) => readonly string[]): void {
    this.#indexes.set(name, new Index((object) => this.#valuesOrNone(valuesOf, object)));
  }

  byIndex(name: string, value: string): readonly T[] {
    const index = this.#indexes.get(name);
    if (index === undefined) throw new RangeError(`there is no index "${name}"`);
    return index.keysOf(value).flatMap((key) => this.#objects.get(key) ?? []);
  }

  /** @returns a function that takes the handler off. */
  onChange(handler: ChangeHandler<T>): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  /** An object as a list or an ADDED or MODIFIED event shows it. */
  put(object: T): void {
    const previous = this.#objects.get(keyOf(object));
    if (previous === undefined || !isOlder(object, previous)) this.#take(object);
  }

  #take(object: T): void {
    const key = keyOf(object);
    const previous = this.#objects.get(key);
    const slim = this.#texts.shared(withoutManagedFields(object));
    if (previous !== undefined && previous.metadata.uid !== object.metadata.uid) {
      this.#set(key, undefined, previous);
      this.#set(key, slim, undefined);
      return;
    }
    this.#set(key, slim, previous);
  }

  /** An object as a DELETED event shows it. One that has another uid by now has taken the name, and stays. */
  remove(object: KubeObject): void {
    const key = keyOf(object);
    const previous = this.#objects.get(key);
    if (previous === undefined || previous.metadata.uid !== object.metadata.uid) return;
    this.#set(key, undefined, previous);
  }

  /**
   * A complete list of a namespace, or of all, read past every cache: what it lacks is gone. What it shows is the truth even where its
   * version is older: then the API server's own store was put back.
   */
  async replace(namespace: string | undefined, objects: readonly T[]): Promise<void> {
    const listed = new Set(objects.map(keyOf));
    for (const [key, object] of this.#objects) {
      const isInScope = namespace === undefined || object.metadata.namespace === namespace;
      if (isInScope && !listed.has(key)) this.#set(key, undefined, object);
    }
    for (const [index, object] of objects.entries()) {
      this.#take(object);
      // Nothing is watched while a list is taken in, so nothing newer can come in between.
      if (index % OBJECTS_A_TURN === OBJECTS_A_TURN - 1) await nextTurn();
    }
  }

  #set(key: string, current: T | undefined, previous: T | undefined): void {
    if (current === undefined) this.#objects.delete(key);
    else this.#objects.set(key, current);
    for (const index of this.#indexes.values()) index.move(key, current, previous);
    if (current?.metadata.resourceVersion === previous?.metadata.resourceVersion) return;
    for (const handler of this.#handlers) this.#call(handler, key, current, previous);
  }

  /** One object that an index cannot read must not stop the informer, nor hide the others. */
  #valuesOrNone(valuesOf: (object: T) => readonly string[], object: T): readonly string[] {
    try {
      return valuesOf(object);
    } catch (error) {
      this.#onHandlerError(error);
      return [];
    }
  }

  #call(
    handler: ChangeHandler<T>,
    key: string,
    current: T | undefined,
    previous: T | undefined,
  ): void {
    try {
      handler(key, current, previous);
    } catch (error) {
      this.#onHandlerError(error);
    }
  }
}

class Index<T> {
  readonly #valuesOf: (object: T) => readonly string[];
  /** Most values have one key, and a set for each of ten thousand would take more room than the objects' names. */
  readonly #keys = new Map<string, string | Set<string>>();

  constructor(valuesOf: (object: T) => readonly string[]) {
    this.#valuesOf = valuesOf;
  }

  keysOf(value: string): readonly string[] {
    const keys = this.#keys.get(value) ?? [];
    return typeof keys === "string" ? [keys] : [...keys];
  }

  /** What it was found by is worked out anew: to keep it would take as much room again as the index itself. */
  move(key: string, current: T | undefined, previous: T | undefined): void {
    const before = previous === undefined ? [] : this.#valuesOf(previous);
    const values = current === undefined ? [] : this.#valuesOf(current);
    // An object that changes seldom changes what it is found by.
    if (before.length === values.length && before.every((value, at) => value === values[at]))
      return;
    for (const value of before) this.#remove(value, key);
    for (const value of values) this.#add(value, key);
  }

  #add(value: string, key: string): void {
    const keys = this.#keys.get(value);
    if (keys === undefined || keys === key) this.#keys.set(value, key);
    else this.#keys.set(value, typeof keys === "string" ? new Set([keys, key]) : keys.add(key));
  }

  #remove(value: string, key: string): void {
    const keys = this.#keys.get(value);
    if (keys === key) this.#keys.delete(value);
    if (keys instanceof Set) {
      keys.delete(key);
      if (keys.size === 0) this.#keys.delete(value);
    }
  }
}

/** The same object at an earlier time; another uid is another object, and its version says nothing. */
function isOlder(candidate: KubeObject, known: KubeObject): boolean {
  if (candidate.metadata.uid !== known.metadata.uid) return false;
  const { resourceVersion } = candidate.metadata;
  const order = compareResourceVersions(resourceVersion, known.metadata.resourceVersion);
  return order !== undefined && order < 0;
}

/** Who wrote which field is the largest part of an object, and nothing here asks for it. */
export function withoutManagedFields<T extends KubeObject>(object: T): T {
  if (!("managedFields" in object.metadata)) return object;
  const { managedFields: _, ...metadata } = object.metadata as T["metadata"] & {
    managedFields?: unknown;
  };
  return { ...object, metadata };
}
