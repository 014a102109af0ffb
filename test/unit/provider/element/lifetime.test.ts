import { describe, expect, it } from "vitest";
import { AnsweringServer, json } from "../answering-server.ts";
import { openConsole, signal } from "./open-console.ts";

const NOW_S = 1_795_392_000;

function tokenWith(claims: unknown): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "RS512" })}.${part(claims)}.c2lnbg`;
}

/** How many tokens were fetched for two calls, so many milliseconds apart. */
async function fetchedFor(token: string, apartMs: number): Promise<number> {
  await using server = await AnsweringServer.start(json(200, { id_token: token, id: "user" }));
  await using console = await openConsole({ url: server.url, credential: "main:secret" });
  await console.applications.get("a", signal).catch(() => undefined);
  console.clock.advance(apartMs);
  await console.applications.get("a", signal).catch(() => undefined);
  return server.received.filter(({ path }) => path === "/console/sys/token").length;
}

describe("how long a token is good", () => {
  it("is the difference of what it says, whatever the clocks say", async () => {
    const token = tokenWith({ iat: 1, exp: 3_601 });
    expect(await fetchedFor(token, 3_539_999)).toBe(1);
    expect(await fetchedFor(token, 3_540_000)).toBe(2);
  });

  it.each([
    ["says nothing", tokenWith({})],
    ["says no beginning", tokenWith({ exp: NOW_S })],
    ["ends before it begins", tokenWith({ iat: NOW_S, exp: NOW_S - 3_600 })],
    ["ends as it begins", tokenWith({ iat: NOW_S, exp: NOW_S })],
    ["says it in words", tokenWith({ iat: "now", exp: "then" })],
    ["is in milliseconds", tokenWith({ iat: NOW_S * 1_000, exp: NOW_S * 1_000 + 1 })],
    ["is no such token", "opaque-token"],
    ["holds no JSON", "a.b.c"],
    ["holds null", tokenWith(null)],
  ])("is a few minutes where it %s, and not nothing", async (_, token) => {
    expect(await fetchedFor(token, 239_999)).toBe(1);
    expect(await fetchedFor(token, 240_000)).toBe(2);
  });
});
