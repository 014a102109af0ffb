import { inspect } from "node:util";
import got from "got";
import { describe, expect, it } from "vitest";
import { createLogger } from "../../src/logger.ts";
import { ProviderError } from "../../src/provider/errors.ts";
import { logged } from "./log-line.ts";
import { AnsweringServer, raw } from "./provider/answering-server.ts";
import { TOKEN } from "./provider/client.ts";

describe("createLogger: errors", () => {
  const headers = { authorization: `Bearer ${TOKEN}` };

  async function gotError(): Promise<unknown> {
    await using server = await AnsweringServer.start(raw(500, TOKEN));
    return await got(server.url, { headers, retry: { limit: 0 } }).catch((error: unknown) => error);
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

describe("createLogger", () => {
  it("writes one JSON line: level by name, ISO time, fields, constant message", () => {
    expect(JSON.parse(logged({ controller: "HpcInstance", durationMs: 3 }))).toEqual({
      level: "error",
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      controller: "HpcInstance",
      durationMs: 3,
      msg: "failed",
    });
  });

  it("says of our own errors kind and message, and no stack: the message says all", () => {
    const error = new ProviderError("quota", "no GPU left", { status: 403 });
    expect(JSON.parse(logged({ err: error }))).toMatchObject({
      err: { type: "ProviderError", kind: "quota", message: "no GPU left" },
    });
    expect(logged({ err: error })).not.toContain("stack");
  });

  it("says of any other error where it happened", () => {
    const line: { err: { stack: string } } = JSON.parse(logged({ err: new TypeError("oops") }));
    expect(line.err).toMatchObject({ type: "TypeError", message: "oops" });
    expect(line.err.stack).toContain("logger.test.ts");
  });

  it("takes an error as the only argument", () => {
    const lines: string[] = [];
    const stream = { write: (line: string) => void lines.push(line) };
    createLogger({ level: "info", isPretty: false, stream }).error(new Error("oops"));
    expect(JSON.parse(lines.join(""))).toMatchObject({ err: { message: "oops" }, msg: "oops" });
  });

  it.each([
    [{ token: TOKEN }],
    [{ authorization: TOKEN }],
    [{ account: { token: TOKEN } }],
    [{ request: { headers: { authorization: TOKEN } } }],
    [{ a: { request: { headers: { authorization: TOKEN } } } }],
  ])("hides what is called a secret: %j", (fields) => {
    expect(logged(fields)).not.toContain(TOKEN);
  });

  it("keeps what is no error as it is", () => {
    const fields = { at: new Date(0), list: [1, { a: null }], nothing: null, flag: false };
    expect(JSON.parse(logged(fields))).toMatchObject({
      at: "1970-01-01T00:00:00.000Z",
      list: [1, { a: null }],
      nothing: null,
      flag: false,
    });
  });

  it("survives what goes round in a circle", () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    expect(logged({ circle })).toContain("[deeper]");
  });

  it("says no more than it is asked to", () => {
    const lines: string[] = [];
    const stream = { write: (line: string) => void lines.push(line) };
    const logger = createLogger({ level: "warn", isPretty: false, stream });
    logger.info("quiet");
    logger.warn("loud");
    expect(lines).toHaveLength(1);
  });
});
