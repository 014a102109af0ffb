import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RemoteThing } from "../../../../src/core/observation.ts";
import { AnsweringServer, json } from "../answering-server.ts";
import { TOKEN } from "../client.ts";
import { hostileText, objectOf } from "./hostile.ts";
import { outcomeOf } from "./outcome.ts";

const RUNS = 200;
const LIMIT_MS = 60_000;
/** The cleaned words, and the operation and the status around them. */
const MAX_LENGTH = 350;
/** As much of a token as could help anybody to guess the rest. */
const GIVEAWAY = 12;
/** What steers a terminal, breaks a line or turns the reading direction. */
const STEERING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

function expectClean(message: string): void {
  expect(message).not.toMatch(STEERING);
  expect(message.isWellFormed(), `whole characters: ${JSON.stringify(message)}`).toBe(true);
  expect(Array.from(message).length).toBeLessThanOrEqual(MAX_LENGTH);
}

/** Whether a good part of the secret stands in the text, as it is or after undoing an encoding. */
function givesAway(text: string, secret: string): boolean {
  const unquoted = text.replaceAll(/\\(?:u00|x)([0-9a-f]{2})/gi, "%$1").replaceAll("\\", "");
  const unwritten = unquoted.replaceAll(/&#x([0-9a-f]{2});/gi, "%$1");
  const plain = unwritten.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const unhexed = Buffer.from(text.replaceAll(/[^0-9a-f]/gi, ""), "hex").toString("latin1");
  const pieces = text.match(/[A-Za-z0-9+/_-]{16,}/g) ?? [];
  const decoded = pieces.map((piece) => Buffer.from(piece, "base64").toString("latin1"));
  const parts = Array.from({ length: secret.length - GIVEAWAY + 1 }, (_, start) =>
    secret.slice(start, start + GIVEAWAY),
  );
  return [text, plain, unhexed, ...decoded].some((shown) =>
    parts.some((part) => shown.includes(part)),
  );
}

const percent = (text: string): string =>
  Array.from(text, (character) => `%${character.charCodeAt(0).toString(16)}`).join("");

/** How a server or a proxy between may write what it was sent. */
const ENCODINGS: readonly [name: string, encode: (token: string) => string][] = [
  ["as it is", (token) => token],
  ["in a header", (token) => `authorization: Bearer ${token}`],
  ["in quotes", (token) => `"${token}"`],
  ["in escaped quotes", (token) => `\\"${token}\\"`],
  ["in base64", (token) => Buffer.from(token).toString("base64")],
  ["as basic credentials", (token) => `Basic ${Buffer.from(`user:${token}`).toString("base64")}`],
  ["in base64url", (token) => Buffer.from(token).toString("base64url")],
  ["in hexadecimal", (token) => Buffer.from(token).toString("hex")],
  ["percent-encoded where needed", (token) => encodeURIComponent(token)],
  ["percent-encoded altogether", percent],
  ["percent-encoded header", (token) => encodeURIComponent(`Bearer ${token}`)],
  [
    "as JSON within JSON",
    (token) => Array.from(token, (one) => `\\u00${one.charCodeAt(0).toString(16)}`).join(""),
  ],
  [
    "as HTML",
    (token) => Array.from(token, (one) => `&#x${one.charCodeAt(0).toString(16)};`).join(""),
  ],
];

/** What the operator takes for a token: anything printable without spaces. HPC Park's have 43 characters of base64url. */
const TOKENS: readonly [name: string, token: string][] = [
  ["HPC Park's", TOKEN],
  ["a UUID", "7f3a9c51-d2e8-4b60-af17-c3d5e9b82746"],
  ["one with dots", "hpc.7f3a9c51d2e8.4b60af17c3d5.e9b82746aa10"],
  ["one of base64", "7f3a9c51d2e8/4b60af17c3d5+e9b82746aa10=="],
];

const CASES = TOKENS.flatMap(([token, value]) =>
  ENCODINGS.map(([encoding, encode]) => [token, encoding, value, encode] as const),
);

describe("the message of a refusal", () => {
  it(
    "is one clean line that is not too long, whatever the server says",
    async () => {
      await using server = await AnsweringServer.start();
      const status = fc.constantFrom(400, 401, 402, 403, 404, 409, 418, 422, 429, 500, 503);
      const words = fc.oneof(hostileText, fc.string({ unit: "binary", maxLength: 2_000 }));
      await fc.assert(
        fc.asyncProperty(status, words, fc.boolean(), async (code, said, isList) => {
          server.answer = json(code, {
            detail: isList ? [{ loc: ["body", said], msg: said }, said] : said,
          });
          expectClean((await outcomeOf(server.url, "create")).message);
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );

  it.each(CASES)("does not give the token away: %s, %s", async (_, __, token, encode) => {
    const echo = `unknown token ${encode(token)} from 10.0.0.1`;
    await using server = await AnsweringServer.start(json(401, { detail: echo }));

    const { message } = await outcomeOf(server.url, "list", { token: async () => token });

    expect(message).toContain("unknown token");
    expect(givesAway(message, token), message).toBe(false);
  });
});

describe("what is shown of a thing", () => {
  const thing = fc
    .record({
      label: hostileText,
      state: fc.oneof(fc.constantFrom("on", "off", "error", "creating", "new"), hostileText),
      host: hostileText,
      error: hostileText,
      gpu_type: hostileText,
      created_at: hostileText,
      protocol: hostileText,
    })
    .map(({ protocol, ...texts }) =>
      objectOf([
        ["id", "7"],
        ["gpu_count", "1"],
        ["ports", JSON.stringify([{ internal: 22, external: 2222, protocol }])],
        ...Object.entries(texts).map(([name, text]) => [name, JSON.stringify(text)] as const),
      ]),
    );

  async function shown(server: AnsweringServer, body: string): Promise<RemoteThing> {
    server.answer = (response) =>
      response.writeHead(200, { "content-type": "application/json" }).end(body);
    const { value } = await outcomeOf(server.url, "get");
    // `get` promises a thing for a good answer.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return value as RemoteThing;
  }

  it(
    "is said in one clean line",
    async () => {
      await using server = await AnsweringServer.start();
      await fc.assert(
        fc.asyncProperty(thing, async (body) => {
          expectClean((await shown(server, body)).headline.message);
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );

  it(
    "has no half characters, which the API server would store otherwise and the operator write again and again",
    async () => {
      await using server = await AnsweringServer.start();
      await fc.assert(
        fc.asyncProperty(thing, async (body) => {
          const { status } = await shown(server, body);
          expect(stringsIn(status).filter((text) => !text.isWellFormed())).toEqual([]);
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );

  it(
    "is a command only where the host is a name or an address",
    async () => {
      await using server = await AnsweringServer.start();
      await fc.assert(
        fc.asyncProperty(thing, async (body) => {
          const { sshCommand } = (await shown(server, body)).status;
          expect(sshCommand ?? "ssh -p 2222 root@a").toMatch(/^ssh -p \d+ root@[\w.:[\]%-]+$/);
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );

  it("is bounded, for the API server refuses an object of more than 1.5 MB", async () => {
    await using server = await AnsweringServer.start();
    const long = "a".repeat(3_000_000);
    const { status, headline } = await shown(
      server,
      JSON.stringify({ id: 7, label: "a", state: "on", host: long, created_at: long }),
    );
    expect(JSON.stringify({ status, headline }).length).toBeLessThan(1_000_000);
  });
});

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
