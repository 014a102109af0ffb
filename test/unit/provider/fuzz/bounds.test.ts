import { randomBytes } from "node:crypto";
import { brotliCompressSync, constants, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { AnsweringServer } from "../answering-server.ts";
import { outcomeOf } from "./outcome.ts";
import { type Behaviour, drips, floods, RawServer } from "./raw-server.ts";

const TIMEOUT_MS = 500;
const LIMIT_MS = 60_000;
const MEGABYTE = 1024 * 1024;
/** Some times the longest body that is read: it is held as bytes, as text and, for a moment, as both. */
const MEMORY_BYTES = 400 * MEGABYTE;

const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
const CHUNKED = `${HEAD}transfer-encoding: chunked\r\n\r\n`;

/** The most memory beyond what there was, looked at every few milliseconds while the work is on. */
async function memoryOf(work: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage().rss;
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 5);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return most - before;
}

describe("an answer that takes too long", () => {
  const SLOW: readonly [reason: string, behaviour: Behaviour][] = [
    ["nothing at all", () => undefined],
    ["a head that never ends", drips("HTTP/1.1 200 OK\r\n", "x: y\r\n", 20)],
    ["a head a byte at a time", drips("HTTP/1.1 200 O", "K", 20)],
    ["a body a byte at a time", drips(`${HEAD}content-length: 100000\r\n\r\n`, "1", 20)],
    ["chunks of one byte without end", drips(CHUNKED, "1\r\n \r\n", 20)],
    ["a whole list, and then chunks without end", drips(`${CHUNKED}2\r\n[]\r\n`, "1\r\n \r\n", 20)],
    ["promises of an answer without end", drips("", "HTTP/1.1 103 Early Hints\r\n\r\n", 20)],
    ["a body that is not begun", drips(`${HEAD}content-length: 2\r\n\r\n`, "", 1_000)],
  ];

  it.each(SLOW)("is given up at the timeout: %s", async (_, behaviour) => {
    await using server = await RawServer.start(behaviour);
    const startedMs = performance.now();

    const list = await outcomeOf(server.url, "list", { timeoutMs: TIMEOUT_MS });
    const create = await outcomeOf(server.url, "create", { timeoutMs: TIMEOUT_MS });

    expect([list.outcome, create.outcome]).toEqual(["unavailable", "unknown-outcome"]);
    expect(performance.now() - startedMs).toBeLessThan(2 * TIMEOUT_MS + 1_000);
  });

  it("gets no second timeout for a redirect", async () => {
    await using server = await AnsweringServer.start((response) => {
      setTimeout(() => {
        response.writeHead(307, { location: "/elsewhere" }).end();
      }, TIMEOUT_MS * 0.8);
    });
    const startedMs = performance.now();

    const { outcome } = await outcomeOf(server.url, "create", { timeoutMs: TIMEOUT_MS });

    expect(outcome).toBe("unknown-outcome");
    expect(performance.now() - startedMs, "the quiet time counts on it").toBeLessThan(
      TIMEOUT_MS * 1.3,
    );
  });
});

describe("an answer that is too long", () => {
  const LONG: readonly [reason: string, head: string, piece: Buffer][] = [
    [
      "chunks without end",
      CHUNKED,
      Buffer.concat([Buffer.from("10000\r\n"), Buffer.alloc(65_536, 32), Buffer.from("\r\n")]),
    ],
    ["a body without a length", `${HEAD}\r\n`, Buffer.alloc(65_536, 32)],
    ["random bytes", `${HEAD}\r\n`, randomBytes(65_536)],
  ];

  it.each(LONG)(
    "is cut off, and memory stays bounded: %s",
    async (_, head, piece) => {
      let sent = 0;
      await using server = await RawServer.start(
        floods(head, piece, (bytes) => {
          sent += bytes;
        }),
      );
      const memory = await memoryOf(async () => {
        const { outcome } = await outcomeOf(server.url, "list", { timeoutMs: 20_000 });
        expect(outcome).toBe("unavailable");
      });
      expect(memory).toBeLessThan(MEMORY_BYTES);
      expect(sent, "what was read of it").toBeLessThan(100 * MEGABYTE);
    },
    LIMIT_MS,
  );

  it("in its head is refused", async () => {
    await using server = await RawServer.start(
      floods("HTTP/1.1 200 OK\r\n", Buffer.from(`x: ${"y".repeat(1000)}\r\n`), () => undefined),
    );
    expect((await outcomeOf(server.url, "list")).outcome).toBe("unavailable");
  });
});

/** 256 MB of spaces, packed. */
function bombs(): readonly [encoding: string, bytes: Buffer][] {
  const spaces = Buffer.alloc(256 * MEGABYTE, 32);
  const quick = { level: 1 };
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
  return [
    ["gzip", gzipSync(spaces, quick)],
    ["deflate", deflateSync(spaces, quick)],
    ["br", brotliCompressSync(spaces, brotli)],
    ["gzip, gzip", gzipSync(gzipSync(spaces, quick))],
  ];
}

describe("an answer that grows when it is unpacked", () => {
  it.each(bombs())(
    "is cut off, and memory stays bounded: %s",
    async (encoding, bytes) => {
      await using server = await AnsweringServer.start((response) => {
        response.writeHead(200, {
          "content-type": "application/json",
          "content-encoding": encoding,
        });
        response.end(bytes);
      });
      const memory = await memoryOf(async () => {
        const { outcome } = await outcomeOf(server.url, "list", { timeoutMs: 20_000 });
        expect(outcome).toBe("unavailable");
      });
      expect(memory).toBeLessThan(MEMORY_BYTES);
    },
    LIMIT_MS,
  );

  it("is no list where it is cut, at any byte", async () => {
    const list = JSON.stringify([
      { id: 7, label: "a", state: "on" },
      { id: 8, label: "b", state: "off" },
    ]);
    const whole = gzipSync(list);
    await using server = await AnsweringServer.start();
    for (let end = 0; end <= whole.length; end += 1) {
      server.answer = (response) => {
        response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
        response.end(whole.subarray(0, end));
      };
      const { outcome, value } = await outcomeOf(server.url, "list");
      if (outcome === "done") expect(value).toHaveLength(2);
      else expect(outcome).toBe("unavailable");
      if (end < whole.length - 8) expect(outcome, `cut after ${end}`).toBe("unavailable");
    }
  });
});
