const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const COLON = 0x3a;
/** What a number, `true`, `false` or `null` ends before. */
const ENDS_WORD: ReadonlySet<number> = new Set([0x20, 0x0a, 0x0d, 0x09, COMMA, CLOSE_OBJECT]);
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
export function* sliceItems(bytes: Uint8Array): Generator<Slice, undefined> {
  requireEnd(bytes, yield* sliceArray(bytes, 0));
  return undefined;
}

/**
 * The same for an object with such an array in one of its fields. Returns the text of an object with its other fields.
 *
 * @throws SyntaxError where the bytes are no complete object, or where the field is not there once.
 */
export function* slicePage(bytes: Uint8Array, field: string): Generator<Slice, string> {
  const others: string[] = [];
  let hasItems = false;
  let at = afterByte(bytes, 0, OPEN_OBJECT);
  for (;;) {
    const nameEnds = endOfText(bytes, at);
    const name = textOf(bytes, at, nameEnds);
    const valueBegins = afterSpace(bytes, afterByte(bytes, nameEnds, COLON));
    let end: number;
    if (JSON.parse(name) === field) {
      if (hasItems) throw new SyntaxError("two lists in one page");
      hasItems = true;
      end = yield* sliceArray(bytes, valueBegins);
    } else {
      end = endOfValue(bytes, valueBegins);
      others.push(`${name}:${textOf(bytes, valueBegins, end)}`);
    }
    at = afterSpace(bytes, end);
    if (bytes[at] === CLOSE_OBJECT) break;
    at = afterByte(bytes, at, COMMA);
  }
  requireEnd(bytes, at + 1);
  if (!hasItems) throw new SyntaxError("no list in the page");
  return `{${others.join(",")}}`;
}

/** Returns where the array ends. */
function* sliceArray(bytes: Uint8Array, from: number): Generator<Slice, number> {
  let at = afterByte(bytes, from, OPEN_LIST);
  if (bytes[at] === CLOSE_LIST) return at + 1;
  for (;;) {
    const slice = sliceObject(bytes, at);
    yield slice;
    at = afterSpace(bytes, slice.end);
    if (bytes[at] === CLOSE_LIST) return at + 1;
    at = afterByte(bytes, at, COMMA);
  }
}

function endOfValue(bytes: Uint8Array, at: number): number {
  if (bytes[at] === QUOTE) return endOfText(bytes, at);
  if (bytes[at] === OPEN_OBJECT || bytes[at] === OPEN_LIST) return sliceNested(bytes, at).end;
  let end = at;
  while (end < bytes.length && !ENDS_WORD.has(bytes[end] ?? 0)) end += 1;
  return end;
}

function endOfText(bytes: Uint8Array, from: number): number {
  if (bytes[from] !== QUOTE) throw new SyntaxError("no text");
  for (let at = from + 1; at < bytes.length; at += 1) {
    if (bytes[at] === BACKSLASH) at += 1;
    else if (bytes[at] === QUOTE) return at + 1;
  }
  throw new SyntaxError("a text is cut");
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString("utf8");
}

/** Past this byte and the space around it. */
function afterByte(bytes: Uint8Array, from: number, wanted: number): number {
  const at = afterSpace(bytes, from);
  if (bytes[at] !== wanted) throw new SyntaxError(`no "${String.fromCharCode(wanted)}"`);
  return afterSpace(bytes, at + 1);
}

function sliceObject(bytes: Uint8Array, start: number): Slice {
  if (bytes[start] !== OPEN_OBJECT) throw new SyntaxError("an item is no object");
  return sliceNested(bytes, start);
}

/** An object or an array, with what is in it. */
function sliceNested(bytes: Uint8Array, start: number): Slice {
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
