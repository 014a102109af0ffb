import { describe, expect, it } from "vitest";
import type { HttpRequest } from "../../../src/provider/http-exchange.ts";
import { type Answer, AnsweringServer, json } from "./answering-server.ts";
import { clientOf, TOKEN } from "./client.ts";

const SIGNAL = new AbortController().signal;
const OTHER = "OtHeR".repeat(9);
const CREATE: HttpRequest = {
  method: "POST",
  path: "/things",
  operation: "create thing",
  lane: "create",
  json: {},
  isCreate: true,
};

/** Takes the other token only. */
function refusing(status: number, body: unknown): Answer {
  return (response, received) => {
    const isGood = received.authorization === `Bearer ${OTHER}`;
    const answer = isGood ? json(201, { id: 1 }) : json(status, body);
    answer(response, received);
  };
}

describe("a request whose token is refused", () => {
  it("is sent again with another one, after its precondition was asked again", async () => {
    await using server = await AnsweringServer.start(refusing(401, { detail: "no" }));
    const refused: string[] = [];
    let asked = 0;
    using client = clientOf(server.url, {
      otherToken: async (token) => {
        refused.push(token);
        return OTHER;
      },
    });
    const answer = await client.http.request(CREATE, SIGNAL, async () => {
      asked += 1;
    });
    expect(answer).toEqual({ id: 1 });
    expect([refused, asked, server.received.length]).toEqual([[TOKEN], 2, 2]);
  });

  it.each([
    ["there is no other", undefined],
    ["the other is the same", TOKEN],
  ])("is not sent again where %s", async (_, other) => {
    await using server = await AnsweringServer.start(refusing(401, { detail: "no" }));
    using client = clientOf(server.url, { otherToken: async () => other });
    await expect(client.http.request(CREATE, SIGNAL)).rejects.toMatchObject({
      kind: "unauthorized",
    });
    expect(server.received).toHaveLength(1);
  });

  it("is not sent again where it may have been done: a 401 without the documented body, or a 5xx", async () => {
    for (const answer of [refusing(401, {}), refusing(503, { detail: "down" })]) {
      await using server = await AnsweringServer.start(answer);
      using client = clientOf(server.url, { otherToken: async () => OTHER });
      await expect(client.http.request(CREATE, SIGNAL)).rejects.toMatchObject({
        kind: "unknown-outcome",
      });
      expect(server.received).toHaveLength(1);
    }
  });

  it("is not sent where its precondition no longer holds with the other token", async () => {
    await using server = await AnsweringServer.start(refusing(401, { detail: "no" }));
    using client = clientOf(server.url, { otherToken: async () => OTHER });
    let asked = 0;
    const request = client.http.request(CREATE, SIGNAL, async () => {
      asked += 1;
      if (asked > 1) throw new Error("another credential");
    });
    await expect(request).rejects.toThrow("another credential");
    expect(server.received).toHaveLength(1);
  });
});
