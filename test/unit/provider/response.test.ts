import { describe, expect, it } from "vitest";
import { ProviderError } from "../../../src/provider/errors.ts";
import { hpcParkRefusal } from "../../../src/provider/hpc-park/refusal.ts";
import { parseRetryAfter, type RawResponse, readResponse } from "../../../src/provider/response.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");
const JSON_TYPE = "application/json";

function read(response: Partial<RawResponse>, isCreate = false): unknown {
  const whole = {
    method: "GET",
    status: 200,
    contentType: JSON_TYPE,
    text: "",
    secrets: [],
    ...response,
  };
  return readResponse(whole, {
    what: "read thing",
    isCreate,
    wallClockMs: NOW,
    refusalIn: hpcParkRefusal,
  });
}

function errorOf(response: Partial<RawResponse>, isCreate = false): ProviderError {
  try {
    read(response, isCreate);
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  }
  return expect.unreachable("it must fail");
}

// What an answer to a create request means has its own table, asked over a real connection.
describe("readResponse of what makes nothing", () => {
  it.each([
    ["an object", '{"a":1}', { a: 1 }],
    ["a list", "[]", []],
    ["null", "null", null],
    ["nothing", "", null],
  ])("reads a success with %s", (_, text, expected) => {
    expect(read({ text })).toEqual(expected);
  });

  it("takes 204 without a type for a success", () => {
    expect(read({ method: "DELETE", status: 204, contentType: "" })).toBeNull();
  });

  it.each([201, 203, 204, 206])("takes no %d for the whole of what it reads", (status) => {
    expect(errorOf({ status, text: "[]" })).toMatchObject({ kind: "unavailable" });
  });

  it("takes only the documented 404 for absence", () => {
    expect(read({ status: 404, text: '{"detail":"Not Found"}' })).toBeUndefined();
  });

  it.each([
    ["plain text", { contentType: "text/plain", text: "404 page not found" }],
    ["a proxy's page", { contentType: "text/html", text: "<html>" }],
    ["an empty body", { text: "" }],
    ["half a body", { text: '{"detail":"Not Fo' }],
    ["JSON without detail", { text: '{"error":"Not Found"}' }],
    ["JSON that is no object", { text: '"Not Found"' }],
    ["the documented body under another type", { contentType: "", text: '{"detail":"Not Found"}' }],
  ])("never takes a 404 with %s for absence", (_, response) => {
    expect(errorOf({ status: 404, ...response })).toMatchObject({
      kind: "unavailable",
      status: 404,
    });
  });

  it.each([
    [400, "no", "unavailable"],
    [401, "expired", "unauthorized"],
    [402, "no money", "quota"],
    [403, "Not authenticated", "unauthorized"],
    [403, "You have no permission for this", "unauthorized"],
    [403, "The limit of GPUs is reached", "quota"],
    [409, "busy", "conflict"],
    [410, "gone", "unavailable"],
    [422, "too long", "invalid"],
    [429, "slow down", "rate-limited"],
    [500, "oops", "unavailable"],
    [503, "later", "unavailable"],
  ])("reads %d %j as %s", (status, detail, kind) => {
    const error = errorOf({ status, text: JSON.stringify({ detail }) });
    expect(error).toMatchObject({ kind, status });
    expect(error.message).toContain(detail);
  });

  it.each([
    [401, "unauthorized"],
    [403, "unavailable"],
    [429, "rate-limited"],
    [502, "unavailable"],
    [307, "unavailable"],
  ])("reads %d without the documented body as %s", (status, kind) => {
    expect(errorOf({ status, contentType: "text/html", text: "<html>" }).kind).toBe(kind);
  });

  it("says of a list of faults where each one is", () => {
    const detail = [
      { loc: ["body", "gpu_count"], msg: "must not be negative", type: "x" },
      { loc: ["body", "storage_ids", 0], msg: "is no integer" },
      { loc: [], msg: "no place" },
      {},
      "words",
    ];
    expect(errorOf({ status: 422, text: JSON.stringify({ detail }) }).message).toBe(
      "read thing: gpu_count: must not be negative; storage_ids.0: is no integer; no place; is not valid; words (422)",
    );
  });

  it.each([["{"], ["not json"]])("takes a success that reads %j for a fault", (text) => {
    expect(errorOf({ text })).toMatchObject({ kind: "unavailable" });
  });
});

describe("parseRetryAfter", () => {
  const DEFAULT_MS = 5_000;
  const MOST_MS = 600_000;

  it.each([
    ["seconds", "7", 7_000],
    ["fractions", "0.5", 500],
    ["nought", "0", 0],
    ["a date", "Thu, 01 Jan 2026 00:01:00 GMT", 60_000],
    ["nothing", undefined, DEFAULT_MS],
    ["blanks", "  ", DEFAULT_MS],
    ["words", "soon", DEFAULT_MS],
    ["a negative number", "-5", DEFAULT_MS],
    ["a date that is past", "Wed, 31 Dec 2025 23:00:00 GMT", DEFAULT_MS],
    ["a month", "2592000", MOST_MS],
    ["a date in the next century", "Thu, 01 Jan 2126 00:00:00 GMT", MOST_MS],
    ["no end", "Infinity", MOST_MS],
    ["a number past all numbers", "9".repeat(400), MOST_MS],
  ])("reads %s", (_, header, expected) => {
    expect(parseRetryAfter(header, NOW)).toBe(expected);
  });
});
