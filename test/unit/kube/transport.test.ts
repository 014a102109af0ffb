import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KubeClient } from "../../../src/kube/client.ts";
import { KubeError } from "../../../src/kube/errors.ts";
import type { ResourceType } from "../../../src/kube/kube-object.ts";
import { KubeTransport, type TransportOptions } from "../../../src/kube/transport.ts";
import { answer, FakeApiServer, type Handler, statusOf } from "./fake-api-server.ts";
import { until } from "../../until.ts";

const CONFIG_MAPS: ResourceType = {
  group: "",
  version: "v1",
  plural: "configmaps",
  kind: "ConfigMap",
};
const OBJECT = { metadata: { name: "a", namespace: "n", uid: "u", resourceVersion: "1" } };
const ok: Handler = (response) => answer(response, 200, OBJECT);
const never = new AbortController().signal;

let server: FakeApiServer;
let transport: KubeTransport;
let folder: string;

beforeEach(async () => {
  server = await FakeApiServer.start(ok);
  transport = transportFor(server.kubeConfig);
  folder = await mkdtemp(join(tmpdir(), "transport-"));
});
afterEach(async () => {
  await transport.close();
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function transportFor(
  kubeConfig: KubeConfig,
  options: Partial<TransportOptions> = {},
): KubeTransport {
  return new KubeTransport({ kubeConfig, userAgent: "test", ...options });
}

const get = (): Promise<unknown> => new KubeClient(transport).get(CONFIG_MAPS, "n", "a", never);

async function failureOf(work: Promise<unknown>): Promise<KubeError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof KubeError) return error;
  throw new Error(`a KubeError was expected, not ${String(error)}`);
}

async function useTokenFile(token: string): Promise<string> {
  const tokenFile = join(folder, "token");
  await writeFile(tokenFile, `${token}\n`);
  const authProvider = { name: "tokenFile", config: { tokenFile } };
  transport = transportFor(server.configFor({ authProvider }));
  return tokenFile;
}

describe("the transport", () => {
  it("leaves requests their connections, however many watches are open", async () => {
    server.handler = (response, call) => {
      if (call.path.startsWith("/watch")) response.writeHead(200).flushHeaders();
      else ok(response, call);
    };
    const stop = new AbortController();
    const watch = { method: "GET", path: "/watch", signal: stop.signal } as const;
    await Promise.all(Array.from({ length: 70 }, () => transport.stream(watch)));

    await expect(get()).resolves.toMatchObject(OBJECT);
    stop.abort();
  });

  it("sends many requests over few connections", async () => {
    for (let round = 0; round < 20; round += 1) {
      await Promise.all([get(), get(), get(), get()]);
    }

    expect(server.calls).toHaveLength(80);
    expect(server.connections).toBeLessThanOrEqual(10);
  });

  it("gives the whole answer no more than the timeout, though it trickles in without end", async () => {
    transport = transportFor(server.kubeConfig, { requestTimeoutMs: 150 });
    server.handler = (response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(drip));
    };

    const error = await failureOf(get());

    expect(error.kind).toBe("unavailable");
    expect(error.message).toContain("no answer within 150 ms");
  });

  it("gives a server that says nothing no more than the timeout", async () => {
    transport = transportFor(server.kubeConfig, { requestTimeoutMs: 100 });
    server.handler = () => undefined;

    expect((await failureOf(get())).kind).toBe("unavailable");
  });

  it("rejects with the signal's reason, during the body as well", async () => {
    const abort = new AbortController();
    server.handler = (response) => {
      response.writeHead(200);
      response.write("{", () => abort.abort(new Error("enough")));
    };

    const sent = new KubeClient(transport).get(CONFIG_MAPS, "n", "a", abort.signal);

    await expect(sent).rejects.toThrow("enough");
  });

  it("takes a cut body for a failure", async () => {
    server.handler = (response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("{}", () => response.socket?.destroy());
    };

    expect((await failureOf(get())).kind).toBe("unavailable");
  });

  it("does not read an answer of any length", async () => {
    server.handler = (response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(1024 * 1024, 32);
      const more = (): void => {
        while (response.writable && response.write(chunk));
      };
      response.on("drain", more);
      more();
    };

    expect((await failureOf(get())).message).toContain("too long");
  });

  it("does not follow a redirect", async () => {
    server.handler = (response) => answer(response, 307, {}, { location: "/elsewhere" });

    expect((await failureOf(get())).status).toBe(307);
    expect(server.calls).toHaveLength(1);
  });

  it("leaves a stream open that is silent, until the signal aborts", async () => {
    transport = transportFor(server.kubeConfig, { requestTimeoutMs: 50 });
    const abort = new AbortController();
    server.handler = (response) => {
      response.writeHead(200).flushHeaders();
      setTimeout(() => response.write("late\n"), 200);
    };

    const lines = await transport.stream({ method: "GET", path: "/", signal: abort.signal });
    const seen: string[] = [];
    const read = async (): Promise<void> => {
      if ("status" in lines) throw new Error(`status ${lines.status}`);
      for await (const line of lines) {
        seen.push(line);
        abort.abort(new Error("enough"));
      }
    };

    await expect(read()).rejects.toThrow("enough");
    expect(seen).toEqual(["late"]);
  });

  it("returns what a stream was refused with", async () => {
    server.handler = (response) => answer(response, 429, {}, { "retry-after": "7" });

    const opened = await transport.stream({ method: "GET", path: "/" });

    expect(opened).toEqual({ status: 429, retryAfter: "7", body: {} });
  });
});

describe("the credentials", () => {
  const accepting =
    (token: string): Handler =>
    (response, { authorization }) =>
      authorization === `Bearer ${token}`
        ? answer(response, 200, OBJECT)
        : answer(response, 401, statusOf(401, "Unauthorized"));

  it("a 401 has the token read anew, and the request is sent once more", async () => {
    const tokenFile = await useTokenFile("first");
    server.handler = accepting("first");
    await get();
    await writeFile(tokenFile, "second\n");
    server.handler = accepting("second");
    await waitForRereadInterval();

    await get();

    expect(server.calls.map(({ authorization }) => authorization)).toEqual([
      "Bearer first",
      "Bearer first",
      "Bearer second",
    ]);
  });

  it("many refused at once are all sent again", async () => {
    const tokenFile = await useTokenFile("first");
    server.handler = accepting("first");
    await get();
    await writeFile(tokenFile, "second");
    server.handler = accepting("second");
    await waitForRereadInterval();

    const results = await Promise.allSettled(Array.from({ length: 10 }, get));

    expect(results.map(({ status }) => status)).toEqual(Array(10).fill("fulfilled"));
  });

  it("a 401 with the same token is not tried again, and the error holds no token", async () => {
    await useTokenFile("canary-token");
    server.handler = accepting("another");

    const error = await failureOf(get());

    expect(error.kind).toBe("unauthorized");
    expect(server.calls).toHaveLength(1);
    expect(JSON.stringify(error) + error.message + error.stack).not.toContain("canary-token");
  });

  it("other certificates make a new connection, and a watch under way goes on", async () => {
    const caFile = join(folder, "ca.crt");
    await writeFile(caFile, "one");
    const tokenFile = await useTokenFile("first");
    const authProvider = { name: "tokenFile", config: { tokenFile } };
    transport = transportFor(server.configFor({ authProvider }, { caFile }));
    let finishWatch = (): void => undefined;
    server.handler = (response) => {
      response.writeHead(200).flushHeaders();
      finishWatch = () => response.end("still here\n");
    };
    const lines = await transport.stream({ method: "GET", path: "/watch" });
    server.handler = ok;
    await get();
    const before = new Set(server.calls.map(({ port }) => port));
    await writeFile(caFile, "two");
    server.handler = (response) => answer(response, 401, {});
    await waitForRereadInterval();
    await failureOf(get());
    server.calls.length = 0;

    server.handler = ok;
    for (let times = 0; times < 5; times += 1) await get();
    finishWatch();

    if ("status" in lines) throw new Error("the watch was refused");
    const seen: string[] = [];
    for await (const line of lines) seen.push(line);
    expect(seen).toEqual(["still here"]);
    expect(server.calls.filter(({ port }) => before.has(port))).toEqual([]);
  });

  it("a plugin is asked again after a 401, though it called its token valid", async () => {
    const script = `const fs = require("node:fs"); const file = ${JSON.stringify(join(folder, "n"))};
      const n = fs.existsSync(file) ? Number(fs.readFileSync(file)) + 1 : 1; fs.writeFileSync(file, String(n));
      console.log(JSON.stringify({status: {token: "t" + n, expirationTimestamp: "2999-01-01T00:00:00Z"}}))`;
    transport = transportFor(
      server.configFor({ exec: { command: process.execPath, args: ["-e", script] } }),
    );
    await get();
    server.handler = accepting("t2");
    await waitForRereadInterval();

    await get();

    expect(server.calls.at(-1)?.authorization).toBe("Bearer t2");
  });

  it("a plugin's answer that is no JSON is not quoted", async () => {
    const exec = { command: process.execPath, args: ["-e", 'console.log("canary-token")'] };
    transport = transportFor(server.configFor({ exec }));

    const error = await failureOf(get());

    expect(error.message).toContain("no JSON");
    expect(error.message).not.toContain("canary");
  });
});

/** Refusals within a second of the last look are not worth another. */
async function waitForRereadInterval(): Promise<void> {
  const startedMs = performance.now();
  await until("the interval is over", () => performance.now() - startedMs > 1_000);
}
