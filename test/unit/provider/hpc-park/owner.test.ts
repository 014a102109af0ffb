import { describe, expect, it } from "vitest";
import { readOwner } from "../../../../src/provider/hpc-park/owner.ts";
import { AnsweringServer, json } from "../answering-server.ts";
import { clientOf } from "../client.ts";

const SIGNAL = new AbortController().signal;
const LIST = { method: "GET", path: "/v1/instance", operation: "list", lane: "observe" } as const;
const MASTER = { id: 1, name: "master", master: true, current: true };
const ORDINARY = { id: 2, name: "ordinary", master: false, current: true };
const OTHER = { ...ORDINARY, id: 3, current: false };

async function nameWith(user: unknown, tokens: unknown): Promise<string | undefined> {
  const answers: Readonly<Record<string, unknown>> = { "/v1/user": user, "/v1/token": tokens };
  await using server = await AnsweringServer.start((response, received) => {
    const known = received.path in answers;
    const body = known ? answers[received.path] : [];
    json(body === undefined ? 404 : 200, body ?? { detail: "Not Found" })(response, received);
  });
  using client = clientOf(server.url, { readOwner });
  await client.http.request(LIST, SIGNAL);
  await client.http.request(LIST, SIGNAL);
  const asked = server.received.filter(({ path }) => path in answers);
  expect(asked).toHaveLength(2);
  return client.http.credential;
}

describe("whose token it is", () => {
  it.each([
    ["a master token", { id: 7 }, [OTHER, MASTER], /^7\/\*$/],
    ["an ordinary one, which lists only itself", { id: 7 }, [ORDINARY], /^7\/[0-9a-f]{12}$/],
    [
      "the only one where none is marked",
      { id: 7 },
      [{ ...MASTER, current: undefined }],
      /^7\/\*$/,
    ],
    [
      "none of several is marked: the least is assumed",
      { id: 7 },
      [OTHER, { ...MASTER, current: false }],
      /^7\/[0-9a-f]{12}$/,
    ],
    ["a page that holds all", { id: 7 }, { items: [OTHER, MASTER], total: 2 }, /^7\/\*$/],
    ["a page that holds a part", { id: 7 }, { items: [MASTER], total: 2 }, /^\?\//],
    ["no user is told", undefined, [MASTER], /^\?\//],
    ["no tokens are told", { id: 7 }, undefined, /^\?\//],
    ["the user has no id", { name: "x" }, [MASTER], /^\?\//],
  ])("%s", async (_, user, tokens, expected) => {
    expect(await nameWith(user, tokens)).toMatch(expected);
  });
});
