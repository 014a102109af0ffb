const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** FNV-1a. */
const HASH_OFFSET = 0x811c9dc5;
const HASH_PRIME = 0x01000193;

export interface Slice {
  readonly start: number;
  readonly end: number;
  readonly hash: number;
}

/**
 * Where the objects of a JSON array begin and end, with a hash of the bytes of each. Only the array itself is checked: whether each slice
 * is JSON is found out by whoever parses it.
 *
 * @throws SyntaxError where the bytes are no complete array of objects.
 */
export function* sliceItems(bytes: Uint8Array): Generator<Slice> {
  let at = afterSpace(bytes, 0);
  if (bytes[at] !== OPEN_LIST) throw new SyntaxError("no array");
  at = afterSpace(bytes, at + 1);
  if (bytes[at] === CLOSE_LIST) return requireEnd(bytes, at + 1);
  for (;;) {
    const slice = sliceObject(bytes, at);
    yield slice;
    at = afterSpace(bytes, slice.end);
    if (bytes[at] === CLOSE_LIST) return requireEnd(bytes, at + 1);
    if (bytes[at] !== COMMA) throw new SyntaxError("no comma between items");
    at = afterSpace(bytes, at + 1);
  }
}

function sliceObject(bytes: Uint8Array, start: number): Slice {
  if (bytes[start] !== OPEN_OBJECT) throw new SyntaxError("an item is no object");
  let depth = 0;
  let isText = false;
  let hash = HASH_OFFSET;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    hash = Math.imul(hash ^ byte, HASH_PRIME);
    if (isText) {
      if (byte === BACKSLASH) {
        at += 1;
        hash = Math.imul(hash ^ (bytes[at] ?? 0), HASH_PRIME);
      } else if (byte === QUOTE) isText = false;
    } else if (byte === QUOTE) isText = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      depth -= 1;
      if (depth === 0) return { start, end: at + 1, hash };
    }
  }
  throw new SyntaxError("the last item is cut");
}

function afterSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at += 1;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function requireEnd(bytes: Uint8Array, from: number): void {
  if (afterSpace(bytes, from) !== bytes.length) throw new SyntaxError("more than one value");
}
