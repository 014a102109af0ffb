import { inspect } from "node:util";
import got from "got";
import { describe, expect, it } from "vitest";
import { createLogger } from "../../../src/logger.ts";
import { type Answer, AnsweringServer, cut, hang, json, raw, reset } from "./answering-server.ts";
import { clientOf, TOKEN } from "./client.ts";

const SIGNAL = new AbortController().signal;
const POST = {
  method: "POST",
  path: "/things",
  operation: "create thing",
  lane: "create",
  isCreate: true,
} as const;

function logged(fields: Record<string, unknown>): string {
  const lines: string[] = [];
  const logger = createLogger({
    level: "trace",
    isPretty: false,
    stream: { write: (line) => void lines.push(line) },
  });
  logger.error(fields, "failed");
  expect(lines).toHaveLength(1);
  return lines.join("");
}

async function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable("it must fail"),
    (error: unknown) => error,
  );
}

const ECHO = { detail: `bad header: authorization Bearer ${TOKEN}` };

const FAILURES: readonly [reason: string, answer: Answer][] = [
  ["a reset", reset],
  ["a cut body", cut(201, "{")],
  ["silence", hang],
  ["a server that echoes what it was sent", json(422, ECHO)],
  ["one that echoes the bare token", json(401, { detail: `token ${TOKEN} has expired` })],
  ["one that echoes it in a list", json(422, { detail: [{ loc: ["header", TOKEN], msg: TOKEN }] })],
  ["one that echoes it without a type", raw(500, JSON.stringify(ECHO))],
  ["a redirect with the token in it", raw(307, "", { location: `http://[${TOKEN}` })],
];

describe("what a failed request throws", () => {
  it.each(FAILURES)("never shows the token, after %s", async (_, answer) => {
    await using server = await AnsweringServer.start(answer);
    using client = clientOf(server.url, { timeoutMs: 200 });

    const error = await caught(client.http.request(POST, SIGNAL));

    const shown = [
      String(error),
      JSON.stringify(error),
      inspect(error, { depth: 20, showHidden: true }),
      error instanceof Error ? error.stack : "",
      logged({ err: error }),
      logged({ error }),
      logged({ outcome: { failure: error } }),
    ].join("\n");
    expect(shown).not.toContain(TOKEN);
  });
});

describe("the logger", () => {
  const headers = { authorization: `Bearer ${TOKEN}` };

  async function gotError(): Promise<unknown> {
    await using server = await AnsweringServer.start(raw(500, TOKEN));
    return await caught(got(server.url, { headers, retry: { limit: 0 } }));
  }

  it.each<[where: string, fieldsOf: (error: unknown) => Record<string, unknown>]>([
    ["err", (error) => ({ err: error })],
    ["error", (error) => ({ error })],
    ["any other name", (error) => ({ cause: error })],
    ["an object", (error) => ({ outcome: { failure: error } })],
    ["an object in an object", (error) => ({ told: { outcome: { failure: error } } })],
    ["a list", (error) => ({ errors: [error] })],
    ["another error's cause", (error) => ({ err: new Error("outer", { cause: error }) })],
    ["several errors in one", (error) => ({ err: new AggregateError([error], "several") })],
    ["a property of another error", (error) => ({ err: Object.assign(new Error("x"), { error }) })],
  ])("shows no header of a library's error under %s", async (_, fieldsOf) => {
    const error = await gotError();
    // Without this the test would prove nothing.
    expect(inspect(error, { depth: 20 })).toContain(TOKEN);
    expect(logged(fieldsOf(error))).not.toContain(TOKEN);
  });

  it("still says what failed, wherever the error stands", async () => {
    const error = await gotError();
    for (const fields of [{ err: error }, { outcome: { failure: error } }, { errors: [error] }]) {
      expect(logged(fields)).toContain("Request failed with status code 500");
    }
  });
});
