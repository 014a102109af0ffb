import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KubeConfig } from "@kubernetes/client-node";
import { KubeClient } from "../../../../src/kube/client.ts";
import { KubeError, type KubeErrorKind } from "../../../../src/kube/errors.ts";
import type { ResourceType } from "../../../../src/kube/kube-object.ts";
import { KubeTransport } from "../../../../src/kube/transport.ts";
import { hostileJson, hostileText } from "../../provider/fuzz/hostile.ts";
import { type Behaviour, drips, floods, RawServer, says } from "../../provider/fuzz/raw-server.ts";

const RUNS = 200;
const LIMIT_MS = 60_000;
const TIMEOUT_MS = 400;
const TOKEN = "eyJhbGciOiJSUzI1NiJ9.c2VjcmV0LXNlY3JldC1zZWNyZXQ.c2lnbmF0dXJl";
const STEERING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const THINGS: ResourceType = { group: "x.io", version: "v1", plural: "things", kind: "Thing" };
const KINDS: ReadonlySet<string> = new Set<KubeErrorKind>([
  "not-found",
  "conflict",
  "already-exists",
  "invalid",
  "forbidden",
  "unauthorized",
  "gone",
  "rate-limited",
  "unavailable",
]);
const JSON_HEAD = "content-type: application/json\r\nconnection: close\r\n\r\n";

let server: RawServer;
let transport: KubeTransport;

beforeEach(async () => {
  server = await RawServer.start();
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: "fake", server: server.url, skipTLSVerify: true },
    { name: "tester", token: TOKEN },
  );
  transport = new KubeTransport({
    kubeConfig: config,
    userAgent: "test",
    requestTimeoutMs: TIMEOUT_MS,
  });
});
afterEach(async () => {
  await transport.close();
  await server[Symbol.asyncDispose]();
});

/** Sends a GET; what it throws must be a KubeError. */
async function get(): Promise<KubeError | undefined> {
  const { signal } = new AbortController();
  try {
    await new KubeClient(transport).get(THINGS, "n", "a", signal);
    return undefined;
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    expect(KINDS).toContain(error.kind);
    return error;
  }
}

const bytes = fc
  .array(
    fc.oneof(
      fc
        .constantFrom(
          "HTTP/1.1 200 OK\r\n",
          "HTTP/1.1 410 Gone\r\n",
          "HTTP/1.1 101 Go\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
          "HTTP/1.1 103 Hints\r\n\r\n",
          "content-length: 5\r\n",
          "transfer-encoding: chunked\r\n",
          "content-encoding: gzip\r\n",
          "retry-after: -1\r\n",
          "\r\n",
          "2\r\n{}\r\n0\r\n\r\n",
          "{}",
          "\n",
        )
        .map((piece) => Buffer.from(piece)),
      fc.uint8Array({ maxLength: 40 }).map((some) => Buffer.from(some)),
    ),
    { maxLength: 9 },
  )
  .map((pieces) => Buffer.concat(pieces));

describe("any bytes in the place of an answer of the API server", () => {
  it(
    "are an object or a KubeError of a known kind, soon",
    async () => {
      await fc.assert(
        fc.asyncProperty(bytes, async (answer) => {
          server.behaviour = says(answer);
          const startedMs = performance.now();
          await get();
          expect(performance.now() - startedMs).toBeLessThan(TIMEOUT_MS + 1_000);
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );

  it(
    "are lines or a failure where a watch was asked for",
    async () => {
      await fc.assert(
        fc.asyncProperty(bytes, async (answer) => {
          server.behaviour = says(answer);
          const signal = AbortSignal.timeout(TIMEOUT_MS);
          const read = async (): Promise<void> => {
            const opened = await transport.stream({ method: "GET", path: "/", signal });
            if ("status" in opened) return;
            for await (const line of opened) expect(line).not.toContain("\n");
          };
          // Whatever it rejects with, the process goes on; a line that is cut is a failure.
          await read().catch((error: unknown) => expect(error).toBeInstanceOf(Error));
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );
});

describe("a refusal of the API server", () => {
  const status = fc.integer({ min: 400, max: 599 });
  const refusal = (code: number, body: string): Behaviour =>
    says(`HTTP/1.1 ${code} No\r\n${JSON_HEAD}${body}`);

  it(
    "is a KubeError of a known kind, with a message that is not too long",
    async () => {
      await fc.assert(
        fc.asyncProperty(status, hostileJson, async (code, body) => {
          server.behaviour = refusal(code, body);
          const error = await get();
          expect(error?.status).toBe(code);
          expect(error?.message.length).toBeLessThan(700);
          expect(error?.retryAfterMs ?? 0).toBeGreaterThanOrEqual(0);
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );

  it(
    "is told in one clean line: it stands in /readyz and in the log",
    async () => {
      await fc.assert(
        fc.asyncProperty(status, hostileText, async (code, message) => {
          server.behaviour = refusal(code, JSON.stringify({ kind: "Status", message }));
          const error = await get();
          expect(error?.message).not.toMatch(STEERING);
          expect(error?.message.isWellFormed()).toBe(true);
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );

  it("never shows the token, though the server echoes it", async () => {
    server.behaviour = refusal(401, JSON.stringify({ message: `bad token Bearer ${TOKEN}` }));
    const error = await get();
    expect(error?.message).toContain("bad token");
    expect(error?.message).not.toContain(TOKEN.slice(0, 20));
  });
});

describe("an answer of the API server without end", () => {
  const head = `HTTP/1.1 200 OK\r\n${JSON_HEAD}`;
  const SLOW: readonly [reason: string, behaviour: Behaviour][] = [
    ["nothing at all", () => undefined],
    ["a head that never ends", drips("HTTP/1.1 200 OK\r\n", "x: y\r\n", 20)],
    ["a body a byte at a time", drips(head, " ", 20)],
    ["promises of an answer", drips("", "HTTP/1.1 103 Hints\r\n\r\n", 20)],
    [
      "a head of any length",
      floods("HTTP/1.1 200 OK\r\n", Buffer.from(`x: ${"y".repeat(1_000)}\r\n`), () => undefined),
    ],
  ];

  it.each(SLOW)("is given up at the timeout: %s", async (_, behaviour) => {
    server.behaviour = behaviour;
    const startedMs = performance.now();
    expect((await get())?.kind).toBe("unavailable");
    expect(performance.now() - startedMs).toBeLessThan(TIMEOUT_MS + 1_000);
  });

  it(
    "breaks a watch whose line does not end, before it fills the memory",
    { timeout: LIMIT_MS },
    async () => {
      let sent = 0;
      server.behaviour = floods(head, Buffer.alloc(65_536, 97), (count) => {
        sent += count;
      });
      const lines = await transport.stream({ method: "GET", path: "/" });
      if ("status" in lines) throw new Error(`status ${lines.status}`);
      const read = async (): Promise<void> => {
        for await (const line of lines) expect(line).toBeUndefined();
      };
      await expect(read()).rejects.toThrow("too long");
      expect(sent).toBeLessThan(40 * 1024 * 1024);
    },
  );
});
