import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { type Answer, AnsweringServer, cut, hang, json, raw, reset } from "./answering-server.ts";
import { logged } from "../log-line.ts";
import { clientOf, TOKEN } from "./client.ts";

const SIGNAL = new AbortController().signal;
const POST = {
  method: "POST",
  path: "/things",
  operation: "create thing",
  lane: "create",
  isCreate: true,
} as const;

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
