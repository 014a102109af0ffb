import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import type { HpcTokenSpec } from "../../../../src/api/hpc-token.ts";
import { UNDESCRIBED } from "../../../../src/provider/hpc-park/contract-watch.ts";
import { Sealed } from "../../../../src/core/sealed.ts";
import { remoteTokens, tokenKind } from "../../../../src/provider/hpc-park/token.ts";
import { AnsweringServer, json } from "../answering-server.ts";
import { clientOf, TOKEN, WRITE } from "../client.ts";

const { signal } = new AbortController();
const VALUE = "VaLuEVaLuEVaLuEVaLuEVaLuEVaLuEVaLuEVaLuEVa0";
const NAME = "ci k8s-aaaaaaaaaaaa";
const WALL_MS = Date.parse("2026-06-01T00:00:00Z");
const NOTHING = { ids: new Map<string, string>(), secrets: new Map<string, string>() };
const REMOTE = { id: 7, name: NAME, expires_at: "2026-07-01T00:00:00Z", master: false };
const OWN = { id: 1, name: "master", expires_at: REMOTE.expires_at, master: true, current: true };
const SPEC: HpcTokenSpec = {
  master: false,
  expiresAfter: "720h",
  deletionProtection: false,
  secretRef: { name: "ci-token", key: "token" },
};

describe("the tokens that are listed", () => {
  it("are read with their end, and without a value", async () => {
    await using server = await AnsweringServer.start(json(200, [OWN, REMOTE]));
    using client = clientOf(server.url);
    const [own, ours] = await remoteTokens(client.http, UNDESCRIBED).list(signal);
    expect(ours).toMatchObject({ id: "7", label: NAME, phase: "settled", usedBy: [] });
    expect(ours?.endsAtMs).toBe(Date.parse(REMOTE.expires_at));
    expect(ours?.once).toBeUndefined();
    expect(own?.usedBy).toEqual(["the operator itself"]);
  });

  it.each([
    ["an ordinary token is shown itself alone", [{ ...OWN, master: false }]],
    ["nobody says which one is ours", [{ ...OWN, current: false }, REMOTE]],
    [
      "another master token is there, but ours is ordinary",
      [
        { ...OWN, current: false },
        { ...REMOTE, current: true },
      ],
    ],
    ["nothing is shown at all", []],
  ])("are no complete list where %s", async (_, body) => {
    await using server = await AnsweringServer.start(json(200, body));
    using client = clientOf(server.url);
    const remote = remoteTokens(client.http, UNDESCRIBED);
    const refusal = { kind: "unauthorized", message: expect.stringContaining("a master token") };
    await expect(remote.list(signal)).rejects.toMatchObject(refusal);
    await expect(remote.get("7", signal)).rejects.toMatchObject(refusal);
  });
});

describe("a token that is made", () => {
  it("brings its value, which nothing prints", async () => {
    await using server = await AnsweringServer.start(json(201, { ...REMOTE, token: VALUE }));
    using client = clientOf(server.url);
    const thing = await remoteTokens(client.http, UNDESCRIBED).create({}, WRITE);
    expect(thing.once?.open()).toBe(VALUE);
    const printed = [JSON.stringify(thing), inspect(thing, { depth: 9, showHidden: true })];
    expect(printed.join(" ")).not.toContain(VALUE);
  });

  it("is asked for with its end", () => {
    const body = tokenKind.createBody(SPEC, NAME, { ...NOTHING, wallClockMs: WALL_MS });
    expect(body).toEqual({ name: NAME, master: false, expires_at: "2026-07-01T00:00:00.000Z" });
  });

  it("without an end, which an API server without rules lets pass, is refused with what to do", () => {
    const { expiresAfter: _, ...spec } = SPEC;
    const asking = (): unknown =>
      tokenKind.createBody(spec, NAME, { ...NOTHING, wallClockMs: WALL_MS });
    expect(asking).toThrow(
      expect.objectContaining({ kind: "invalid", message: expect.stringContaining("expiresAt") }),
    );
  });

  it.each([
    [{ expiresAfter: "720h" }, 240 * 3_600_000],
    [{ expiresAfter: "720h", renewBefore: "90m" }, 90 * 60_000],
    [{ expiresAt: "2027-01-01T00:00:00Z" }, undefined],
  ])("with %j is replaced %s ms before its end", (lifetime, expected) => {
    const { expiresAfter: _, ...spec } = SPEC;
    expect(tokenKind.keeps?.renewBeforeMs({ ...spec, ...lifetime })).toBe(expected);
  });
});

describe("a new value", () => {
  it("is tried by itself, without a word of the operator's own token", async () => {
    await using server = await AnsweringServer.start(json(200, { id: 1 }));
    using client = clientOf(server.url);
    await remoteTokens(client.http, UNDESCRIBED).prove?.(new Sealed(VALUE), signal);
    expect(server.received.map(({ authorization }) => authorization)).toEqual([`Bearer ${VALUE}`]);
    expect(client.http.credential).toBeUndefined();
  });

  it("that does not work is not blamed on the operator's own token, nor told", async () => {
    await using server = await AnsweringServer.start(json(401, { detail: `bad ${VALUE}` }));
    using client = clientOf(server.url);
    const proving = remoteTokens(client.http, UNDESCRIBED).prove?.(new Sealed(VALUE), signal);
    const error = await proving?.then(() => undefined).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: "unavailable" });
    expect(String(error)).toContain("was not seen to work");
    expect(String(error)).not.toContain(VALUE);
    expect(String(error)).not.toContain(TOKEN);
  });
});
