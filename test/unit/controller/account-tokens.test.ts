import { describe, expect, it } from "vitest";
import { offeredTokens } from "../../../src/controller/account-tokens.ts";
import { KubeClient } from "../../../src/kube/client.ts";
import { KubeTransport } from "../../../src/kube/transport.ts";
import { ELEMENT_GROUP } from "../../../src/api/metadata.ts";
import { elementConsolePort } from "../../../src/provider/element/console-port.ts";
import { answer, FakeApiServer, statusOf } from "../kube/fake-api-server.ts";

const { signal } = new AbortController();
const PORT = elementConsolePort({
  timeoutMs: 1,
  requestsPerSecond: 1,
  userAgent: "test",
  caOption: "ELEMENT_CA_FILE",
  guard: () => undefined,
  onOutcome: () => undefined,
  onTurn: () => undefined,
  onConsequences: () => undefined,
  afterFailureMs: 1,
  now: () => 0,
  random: () => 0,
  signal,
});
const CONSOLE = {
  apiVersion: `${ELEMENT_GROUP}/v1alpha1`,
  kind: "ElementConsole",
  metadata: { name: "panel", namespace: "team", uid: "uid-1", resourceVersion: "1" },
  spec: { url: "https://panel.example", clientSecretRef: { name: "client" }, discover: false },
};

async function offered(data: Record<string, string> | undefined) {
  await using server = await FakeApiServer.start((response) => {
    if (data === undefined) return answer(response, 404, statusOf(404, "NotFound"));
    const encoded = Object.entries(data).map(([key, value]) => [
      key,
      Buffer.from(value).toString("base64"),
    ]);
    const metadata = { name: "client", namespace: "team", uid: "uid-2", resourceVersion: "1" };
    answer(response, 200, { metadata, data: Object.fromEntries(encoded) });
  });
  const transport = new KubeTransport({ kubeConfig: server.kubeConfig, userAgent: "test" });
  const client = new KubeClient(transport);
  const found = await offeredTokens(CONSOLE, { port: PORT, client, signal });
  return { ...found, paths: server.calls.map(({ path }) => path) };
}

describe("the credential of an account", () => {
  it("is put together with a colon out of the entries of its Secret, read by name", async () => {
    const { tokens, fault, paths } = await offered({ "client-id": "a-b", "client-secret": "c:d" });
    expect([tokens, fault]).toEqual([["a-b:c:d"], undefined]);
    expect(new Set(paths)).toEqual(new Set(["/api/v1/namespaces/team/secrets/client"]));
  });

  it("is without the line break that an editor has put behind it", async () => {
    const { tokens } = await offered({ "client-id": "a\n", "client-secret": " b " });
    expect(tokens).toEqual(["a:b"]);
  });

  it.each<[reason: string, data: Record<string, string> | undefined, words: RegExp]>([
    ["there is no Secret", undefined, /Secret "client", named in spec.clientSecretRef, does not/],
    ["there is no id", { "client-secret": "b" }, /no value under the key "client-id"/],
    ["there is no secret", { "client-id": "a" }, /no value under the key "client-secret"/],
    [
      "the id has a colon, which would end it",
      { "client-id": "a:b", "client-secret": "c" },
      /has no client id, one word without a space, a colon/,
    ],
    [
      "the secret has a line break inside",
      { "client-id": "a", "client-secret": "b\nc" },
      /has no client secret, one word/,
    ],
  ])("is none where %s, and a person is told", async (_, data, words) => {
    const { tokens, fault } = await offered(data);
    expect(tokens).toEqual([]);
    expect(fault).toMatchObject({ isStalled: true, message: expect.stringMatching(words) });
  });
});
