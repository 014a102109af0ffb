import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { readLines } from "../../../src/kube/read-lines.ts";

const encode = (words: string): Uint8Array => Buffer.from(words);

/** Cut where a test says, which no socket promises. */
async function* bodyOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) {
    await nextTurn();
    yield chunk;
  }
}

async function readAll(
  body: AsyncIterable<Uint8Array>,
): Promise<{ lines: string[]; error?: unknown }> {
  const lines: string[] = [];
  try {
    for await (const line of readLines(body)) lines.push(line);
    return { lines };
  } catch (error) {
    return { lines, error };
  }
}

describe("lines", () => {
  it.each([
    { chunks: ["a\nb\n"], lines: ["a", "b"], reason: "two in one chunk" },
    { chunks: ["a", "b\nc", "\n"], lines: ["ab", "c"], reason: "cut anywhere" },
    { chunks: ["a\n\n", "\nb\n"], lines: ["a", "b"], reason: "an empty line is none" },
    { chunks: [], lines: [], reason: "an empty body has none" },
  ])("come whole: $reason", async ({ chunks, lines }) => {
    expect(await readAll(bodyOf(chunks.map(encode)))).toEqual({ lines });
  });

  it("keep their characters, wherever the chunks are cut", async () => {
    const bytes = encode("ключ 🔑\nend\n");

    for (let at = 1; at < bytes.length; at += 1) {
      const chunks = [bytes.subarray(0, at), bytes.subarray(at)];
      expect(await readAll(bodyOf(chunks)), `cut at ${at}`).toEqual({ lines: ["ключ 🔑", "end"] });
    }
  });
});

describe("a cut line", () => {
  it.each([
    { chunks: [encode("whole\npar")], reason: "in its middle" },
    { chunks: [encode("whole\n"), encode("par")], reason: "in a later chunk" },
    { chunks: [encode("whole\nж").subarray(0, -1)], reason: "in its first character" },
  ])("throws after the whole ones: $reason", async ({ chunks }) => {
    const { lines, error } = await readAll(bodyOf(chunks));

    expect(lines).toEqual(["whole"]);
    expect(error).toMatchObject({ message: "the stream ended in the middle of a line" });
  });

  it("that never ends throws rather than fill the memory", async () => {
    const mebibyte = new Uint8Array(1024 * 1024).fill(120);
    const { lines, error } = await readAll(bodyOf(Array.from({ length: 20 }, () => mebibyte)));

    expect(lines).toEqual([]);
    expect(error).toMatchObject({ message: "a line of the stream is too long" });
  });
});
