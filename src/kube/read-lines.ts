/** A line of a watch is one object; the API server refuses objects past 1.5 MB or so. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/**
 * Splits a body into lines. A body that ends in the middle of a line throws: what is cut is a failure, not an end.
 */
export async function* readLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    // Only what is new is searched: a long line comes in many pieces.
    const [end = "", ...lines] = decoder.decode(chunk, { stream: true }).split("\n");
    rest += end;
    if (rest.length > MAX_LINE_BYTES) throw new Error("a line of the stream is too long");
    for (const next of lines) {
      if (rest !== "") yield rest;
      rest = next;
    }
  }
  // What the decoder still holds is a character that was cut.
  rest += decoder.decode();
  if (rest.trim() !== "") throw new Error("the stream ended in the middle of a line");
}
