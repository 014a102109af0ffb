import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { outcomeOf } from "./outcome.ts";
import { RawServer, says } from "./raw-server.ts";

const RUNS = 150;
const LIMIT_MS = 60_000;
const TIMEOUT_MS = 1_000;

/** Pieces from which an answer is nearly made; between them anything. */
const PIECES = [
  "HTTP/1.1 200 OK\r\n",
  "HTTP/1.1 201 Created\r\n",
  "HTTP/1.1 404 Not Found\r\n",
  "HTTP/1.1 307 Go\r\n",
  "HTTP/1.1 100 Continue\r\n\r\n",
  "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n",
  "HTTP/1.1 103 Early Hints\r\n\r\n",
  "HTTP/1.1 999999 \r\n",
  "HTTP/0.9 200\r\n",
  "HTTP/2.0 200\r\n",
  "content-type: application/json\r\n",
  "content-length: 2\r\n",
  "content-length: -1\r\n",
  "content-length: 99999999999999999999\r\n",
  "content-length: 1\r\ncontent-length: 5\r\n",
  "transfer-encoding: chunked\r\n",
  "transfer-encoding: gzip, chunked\r\n",
  "content-encoding: gzip\r\n",
  "content-encoding: br\r\n",
  "content-encoding: zstd\r\n",
  "content-encoding: deflate, deflate\r\n",
  "connection: close\r\n",
  "location: /\u0000\r\n",
  "location: http://127.0.0.2:1/\r\n",
  "x: \u0000\u001B[2J\r\n",
  "\r\n",
  "2\r\n[]\r\n0\r\n\r\n",
  "FFFFFFFFFFFFFFFFF\r\n",
  "[]",
  '{"id":7,"label":"a","state":"on"}',
  '{"detail":"no"}',
  "\uFEFF[]",
] as const;

const bytes = fc
  .array(
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc.constantFrom(...PIECES).map((piece) => Buffer.from(piece, "latin1")),
      },
      {
        weight: 1,
        arbitrary: fc.uint8Array({ maxLength: 50 }).map((some) => Buffer.from(some)),
      },
    ),
    { maxLength: 10 },
  )
  .map((pieces) => Buffer.concat(pieces));

const request = fc.constantFrom(
  ...(["list", "get", "create", "change", "remove", "describe"] as const),
);

describe("any bytes in the place of an answer", () => {
  it(
    "are a success or a ProviderError of a known kind, soon",
    async () => {
      await using server = await RawServer.start();
      await fc.assert(
        fc.asyncProperty(bytes, request, async (answer, asked) => {
          server.behaviour = says(answer);
          await outcomeOf(server.url, asked, { timeoutMs: TIMEOUT_MS });
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );

  it(
    "leave a create open: without a whole head no refusal was heard",
    async () => {
      await using server = await RawServer.start();
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (answer) => {
          server.behaviour = says(answer);
          const { outcome } = await outcomeOf(server.url, "create", { timeoutMs: TIMEOUT_MS });
          expect(outcome).toBe("unknown-outcome");
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );
});

describe("an answer that is cut", () => {
  const LIST = '[{"id":7,"label":"a","state":"on"},{"id":8,"label":"b","state":"off"}]';
  const type = "content-type: application/json\r\n";
  const WAYS: readonly [reason: string, whole: string][] = [
    [
      "that names its length",
      `HTTP/1.1 200 OK\r\n${type}content-length: ${LIST.length}\r\n\r\n${LIST}`,
    ],
    [
      "that comes in chunks",
      `HTTP/1.1 200 OK\r\n${type}transfer-encoding: chunked\r\n\r\n${LIST.length.toString(16)}\r\n${LIST}\r\n0\r\n\r\n`,
    ],
    ["that ends with the connection", `HTTP/1.0 200 OK\r\n${type}\r\n${LIST}`],
  ];

  it.each(WAYS)(
    "at any byte is no list, %s",
    async (_, whole) => {
      await using server = await RawServer.start();
      for (let end = 0; end < whole.length; end += 1) {
        server.behaviour = says(whole.slice(0, end));
        const { outcome, value } = await outcomeOf(server.url, "list", { timeoutMs: TIMEOUT_MS });
        // What follows the last bracket is the end of the transfer, not of the list.
        if (outcome === "done") expect(value).toHaveLength(2);
        else expect(outcome).toBe("unavailable");
        if (end < whole.lastIndexOf("]")) expect(outcome).toBe("unavailable");
      }
      server.behaviour = says(whole);
      expect((await outcomeOf(server.url, "list")).value).toHaveLength(2);
    },
    LIMIT_MS,
  );
});
