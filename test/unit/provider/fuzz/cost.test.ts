import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { AnsweringServer } from "../answering-server.ts";
import { deep } from "./hostile.ts";

const PROCESS = fileURLToPath(new URL("./cost-process.ts", import.meta.url));
/** What Node takes by itself in a container of 512 MB. */
const HEAP_MEGABYTES = 256;
/** Half of the time after which a leader that cannot renew its lease gives up. */
const MAX_BLOCKED_MS = 5_000;
const LIMIT_MS = 60_000;

interface Cost {
  readonly outcome: string;
  /** The longest turn in which nothing else was done. */
  readonly blockedMs: number;
  readonly peakMegabytes: number;
}

async function costOf(
  status: number,
  text: string,
  wanted: "thing" | "description" = "thing",
): Promise<Cost> {
  await using server = await AnsweringServer.start((response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(text);
  });
  const heap = `--max-old-space-size=${HEAP_MEGABYTES}`;
  const command = [heap, PROCESS, server.url, wanted];
  const { stdout } = await promisify(execFile)(process.execPath, command, {
    timeout: LIMIT_MS / 2,
  });
  return JSON.parse(stdout);
}

const detail = (json: string): string => `{"detail":${json}}`;
const MEGABYTE = 1_000_000;
const filled = (piece: string, bytes: number): string =>
  piece.repeat(Math.floor(bytes / piece.length));

/** Each takes far more memory as values than as text. */
const HARD: readonly [reason: string, status: number, text: (bytes: number) => string][] = [
  ["an array in an array and so on", 200, (bytes) => deep(bytes / 2)],
  ["a list of empty things", 200, (bytes) => `[${filled("{},", bytes)}{}]`],
  [
    "a thing with many names",
    200,
    (bytes) => `{${Array.from({ length: bytes / 13 }, (_, index) => `"${index}a":1`).join(",")}}`,
  ],
  ["a sentence", 422, (bytes) => detail(`"${filled("no ", bytes)}"`)],
  ["a sentence in letters of two bytes", 422, (bytes) => detail(`"${filled("ж ", bytes / 2)}"`)],
  ["a list of reasons", 422, (bytes) => detail(`[${filled('{"msg":"no"},', bytes)}1]`)],
];

/** Some are too long to be read, whatever the limit is; some are below any that lets ten thousand instances in. */
const SIZES = [60, 30, 7.5];
const CASES = SIZES.flatMap((size) =>
  HARD.map(([reason, status, text]) => [size, reason, status, text] as const),
);

/** Short, and yet hard: recursion, and expressions that look back. */
const SLY: readonly [reason: string, text: string][] = [
  ["a deep array in the place of a reason", detail(`[{"loc":[0,${deep(500_000)}]}]`)],
  ["a place that is no text", detail('[{"loc":[0,{"toString":1,"valueOf":1}],"msg":"no"}]')],
  ["nearly a secret, again and again", detail(`"${`${"a".repeat(39)} `.repeat(50_000)}"`)],
  ["the beginning of a header, again and again", detail(`"${"bearer ".repeat(300_000)}"`)],
  [
    "the beginning of a header, then spaces",
    detail(`"${`bearer${" ".repeat(5_000)}`.repeat(400)}"`),
  ],
];

describe("a long answer", () => {
  it.each(CASES)(
    "of %d MB neither ends the process nor keeps it from its lease: %s",
    async (size, _, status, text) => {
      const { outcome, blockedMs } = await costOf(status, text(size * MEGABYTE));
      expect(["unavailable", "invalid"]).toContain(outcome);
      expect(blockedMs).toBeLessThan(MAX_BLOCKED_MS);
    },
    LIMIT_MS,
  );
});

describe("an answer that is hard to read", () => {
  it.each(SLY)(
    "costs no more than others: %s",
    async (_, text) => {
      const { outcome, blockedMs } = await costOf(422, text);
      expect(["unavailable", "invalid"]).toContain(outcome);
      expect(blockedMs).toBeLessThan(MAX_BLOCKED_MS);
    },
    LIMIT_MS,
  );

  const LOOP = { $ref: "#/loop" };
  const WIDE = Object.fromEntries(
    Array.from({ length: 50_000 }, (_, index) => [`p${index}`, LOOP]),
  );
  const OFTEN = Array.from({ length: 9_000 }, () => ({ $ref: "#/wide" }));
  const described = (schema: object): object => {
    const content = { "application/json": { schema } };
    const get = { responses: { "200": { content } } };
    return {
      paths: { "/v1/instance": { get, post: { requestBody: { content } } } },
      loop: { anyOf: Array.from({ length: 50 }, () => ({ allOf: [LOOP, LOOP] })) },
      wide: { properties: WIDE },
    };
  };

  it.each([
    ["a path of opening braces", { paths: { ["{".repeat(300_000)]: {} } }, "unavailable"],
    ["schemas in circles", described({ items: LOOP }), "done"],
    ["a wide schema, often", described({ allOf: OFTEN }), "done"],
  ])(
    "costs no more in a description of the service: %s",
    async (_, document, expected) => {
      const { outcome, blockedMs } = await costOf(200, JSON.stringify(document), "description");
      expect(outcome).toBe(expected);
      expect(blockedMs).toBeLessThan(MAX_BLOCKED_MS);
    },
    LIMIT_MS,
  );
});
