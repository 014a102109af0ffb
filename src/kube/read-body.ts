/** Far above the largest page of a list; it only bounds memory. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** Reads a whole body: parsed JSON, or the text where it is none. */
export async function readBody(body: AsyncIterable<Uint8Array>): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error("the answer is too long");
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
