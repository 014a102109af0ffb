import { describe, expect, it } from "vitest";
import { errorOfStatus } from "../../../src/kube/errors.ts";
import { statusOf } from "./fake-api-server.ts";

describe("the kind of a failed call", () => {
  it.each([
    { status: 400, reason: "BadRequest", kind: "invalid" },
    { status: 401, reason: "Unauthorized", kind: "unauthorized" },
    { status: 403, reason: "Forbidden", kind: "forbidden" },
    { status: 404, reason: "NotFound", kind: "not-found" },
    { status: 409, reason: "Conflict", kind: "conflict" },
    { status: 409, reason: "AlreadyExists", kind: "already-exists" },
    { status: 410, reason: "Expired", kind: "gone" },
    { status: 422, reason: "Invalid", kind: "invalid" },
    { status: 429, reason: "TooManyRequests", kind: "rate-limited" },
    { status: 500, reason: "InternalError", kind: "unavailable" },
    { status: 503, reason: "ServiceUnavailable", kind: "unavailable" },
    { status: 307, reason: "", kind: "unavailable" },
  ])("$status $reason is $kind", ({ status, reason, kind }) => {
    const error = errorOfStatus("GET /x", status, statusOf(status, reason), undefined);

    expect(error).toMatchObject({ kind, status });
  });
});

describe("how long to wait", () => {
  it.each([
    { header: "3", seconds: undefined, waitMs: 3_000, reason: "the header says it" },
    { header: undefined, seconds: 5, waitMs: 5_000, reason: "only the Status says it" },
    { header: "soon", seconds: undefined, waitMs: undefined, reason: "it is no number" },
    { header: "-1", seconds: undefined, waitMs: undefined, reason: "it lies in the past" },
    { header: undefined, seconds: undefined, waitMs: undefined, reason: "nobody says it" },
  ])("is $waitMs where $reason", ({ header, seconds, waitMs }) => {
    const body = { ...statusOf(429, "TooManyRequests"), details: { retryAfterSeconds: seconds } };

    expect(errorOfStatus("GET /x", 429, body, header).retryAfterMs).toBe(waitMs);
  });
});

it("the message names what failed and is cut to a sane length", () => {
  const error = errorOfStatus("GET /x", 500, statusOf(500, "", "y".repeat(5_000)), undefined);

  expect(error.message).toMatch(/^GET \/x: y+ \(500\)$/);
  expect(error.message.length).toBeLessThan(550);
});
