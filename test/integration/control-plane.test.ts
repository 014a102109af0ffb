import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createServer as createTcpServer, type Server as TcpServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startApiServer } from "../../src/embedded/control-plane/api-server.ts";
import { ensureCredentials } from "../../src/embedded/control-plane/api-server-credentials.ts";
import { type AssetWay, WayUnavailableError } from "../../src/embedded/control-plane/asset-way.ts";
import { withCacheLock } from "../../src/embedded/control-plane/cache-lock.ts";
import {
  type ControlPlane,
  startControlPlane,
} from "../../src/embedded/control-plane/control-plane.ts";
import { upstreamVersion } from "../../src/embedded/control-plane/debian-build.ts";
import { downloadEnvtest } from "../../src/embedded/control-plane/envtest-archive.ts";
import { findAssets } from "../../src/embedded/control-plane/find-assets.ts";
import { wantedK3s } from "../../src/embedded/control-plane/k3s.ts";
import { withFreePort } from "../../src/embedded/control-plane/free-port.ts";

const run = promisify(execFile);
/** Includes a first build of the binaries, where that is the only way to them. */
const FIRST_START_MS = 60 * 60_000;

/** Where the control plane is a container, there are no processes of ours to look at. */
const binaries =
  wantedK3s(process.env) === undefined
    ? await findAssets({ needsProcesses: true }).then(
        (source) => (source.kind === "binaries" ? source.assets : undefined),
        () => undefined,
      )
    : undefined;

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "control-plane-test-"));
});
afterEach(async () => {
  await rm(scratch, { recursive: true, force: true });
});

async function kubectl({ kubectl: path, kubeconfigPath }: ControlPlane, ...args: string[]) {
  const { stdout } = await run(path, ["--kubeconfig", kubeconfigPath, ...args]);
  return stdout.trim();
}

/** Command lines of live processes that mention the text. */
async function processesNaming(text: string): Promise<string[]> {
  const { stdout } = await run("ps", ["-A", "-ww", "-o", "args="], { maxBuffer: 2 ** 24 });
  return stdout.split("\n").filter((line) => line.includes(text));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function portOf(server: TcpServer): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not listening");
  return address.port;
}

describe("startControlPlane", { timeout: 60_000 }, () => {
  let controlPlane: ControlPlane;
  beforeAll(async () => {
    controlPlane = await startControlPlane();
  }, FIRST_START_MS);
  afterAll(async () => {
    await controlPlane?.stop();
  });

  it("serves kubectl, with the first namespaces already there", async () => {
    const names = await kubectl(controlPlane, "get", "namespaces", "--output", "name");
    expect(names.split("\n")).toEqual(
      expect.arrayContaining(["namespace/default", "namespace/kube-system"]),
    );
  });

  it("serves @kubernetes/client-node from the same kubeconfig", async () => {
    const config = new KubeConfig();
    config.loadFromFile(controlPlane.kubeconfigPath);
    const namespace = await config.makeApiClient(CoreV1Api).readNamespace({ name: "default" });
    expect(namespace.metadata?.name).toBe("default");
  });

  it("keeps RBAC on, and its kubeconfig belongs to an administrator", async () => {
    expect(await kubectl(controlPlane, "auth", "can-i", "*", "*", "--all-namespaces")).toBe("yes");
    const asNobody = kubectl(controlPlane, "get", "secrets", "--as", "nobody");
    await expect(asNobody).rejects.toThrow("Forbidden");
  });

  it("tells the version that the server runs", async () => {
    const raw: unknown = JSON.parse(await kubectl(controlPlane, "get", "--raw", "/version"));
    expect(raw).toMatchObject({ gitVersion: controlPlane.version });
    expect(controlPlane.version).toContain(`v1.${controlPlane.minor}.`);
  });

  it("keeps address and data over an outage of the API server, even with a watch open", async () => {
    await kubectl(controlPlane, "create", "configmap", "survivor", "--from-literal=key=value");
    const watch = spawn(
      controlPlane.kubectl,
      ["--kubeconfig", controlPlane.kubeconfigPath, "get", "configmaps", "--watch"],
      { stdio: ["ignore", "pipe", "ignore"] },
    );
    await once(watch.stdout, "data");

    await controlPlane.stopApiServer();
    const duringOutage = kubectl(controlPlane, "get", "configmap", "survivor");
    await expect(duringOutage).rejects.toThrow("refused");
    await controlPlane.startApiServer();
    watch.kill("SIGKILL");

    const query = ["get", "configmap", "survivor", "--output", "jsonpath={.data.key}"];
    const value = await kubectl(controlPlane, ...query);
    expect(value).toBe("value");
  });
});

describe.runIf(binaries)("the end of a control plane", { timeout: 60_000 }, () => {
  it("leaves no process and no directory after stop, which may be called twice", async () => {
    const controlPlane = await startControlPlane();
    const directory = dirname(controlPlane.kubeconfigPath);
    const before = await processesNaming(directory);

    await controlPlane.stop();
    await controlPlane.stop();

    expect(before.length).toBeGreaterThan(0);
    expect(await processesNaming(directory)).toEqual([]);
    expect(await exists(directory)).toBe(false);
  });

  it("keeps the data in a given directory for the next start", async () => {
    const dataDir = join(scratch, "data");
    const first = await startControlPlane({ dataDir });
    try {
      await kubectl(first, "create", "configmap", "survivor");
    } finally {
      await first.stop();
    }

    const second = await startControlPlane({ dataDir });
    try {
      const name = await kubectl(second, "get", "configmap", "survivor", "--output", "name");
      expect(name).toBe("configmap/survivor");
    } finally {
      await second.stop();
    }
  });

  it("leaves nothing behind when the start is given up", async () => {
    const dataDir = join(scratch, "data");
    const stop = new AbortController();
    const starting = startControlPlane({ dataDir, signal: stop.signal });
    const given = expect(starting).rejects.toThrow("enough");
    await expect
      .poll(() => exists(join(dataDir, "kube-apiserver.log")), { timeout: 20_000 })
      .toBe(true);
    stop.abort(new Error("enough"));
    await given;
    expect(await processesNaming(dataDir)).toEqual([]);
  });

  it.runIf(process.platform === "linux")("comes with the death of the process", async () => {
    const main = join(import.meta.dirname, "../../src/embedded/control-plane/main.ts");
    const parent = spawn(process.execPath, [main], { stdio: ["ignore", "pipe", "ignore"] });
    const [line]: unknown[] = await once(parent.stdout, "data");
    const directory = dirname(String(line).trim().replace("export KUBECONFIG=", ""));
    try {
      expect((await processesNaming(directory)).length).toBeGreaterThan(0);
      parent.kill("SIGKILL");
      await expect.poll(() => processesNaming(directory), { timeout: 10_000 }).toEqual([]);
    } finally {
      parent.kill("SIGKILL");
      await rm(directory, { recursive: true, force: true });
    }
  });
});

describe.runIf(binaries)("a port that is taken", { timeout: 60_000 }, () => {
  it("ends the API server with the words of its log, and the next port is tried", async () => {
    const binary = binaries?.kubeApiserver ?? "";
    const credentials = await ensureCredentials(scratch);
    const taken = createTcpServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const port = portOf(taken);
    // Never asked: the server binds its port first.
    const etcdUrl = `http://127.0.0.1:${port}`;
    const failures: unknown[] = [];

    const second = await withFreePort(async (free) => {
      if (failures.length > 0) return free;
      const server = { binary, etcdUrl, directory: scratch, port, credentials };
      return startApiServer(server).catch((error: unknown) => {
        failures.push(error);
        throw error;
      });
    });
    taken.close();

    expect(String(failures[0])).toMatch(/kube-apiserver ended by itself.*already in use/s);
    expect(second).not.toBe(port);
  });

  it("is given up after five, and at once where the reason is another", async () => {
    const tried: string[] = [];
    const failWith = (reason: string) => () => {
      tried.push(reason);
      return Promise.reject(new Error(reason));
    };
    await expect(withFreePort(failWith("bind: address already in use"))).rejects.toThrow("in use");
    await expect(withFreePort(failWith("no such file"))).rejects.toThrow("no such file");
    expect(tried.filter((reason) => reason.includes("in use"))).toHaveLength(5);
    expect(tried.filter((reason) => reason === "no such file")).toHaveLength(1);
  });
});

describe("findAssets", () => {
  const failing = (name: string, reason: string): AssetWay => ({
    name,
    find: () => Promise.reject(new WayUnavailableError(reason)),
  });
  const assets = { etcd: "/etcd", kubeApiserver: "/kube-apiserver", kubectl: "/kubectl" };
  const serving: AssetWay = { name: "third", find: async () => ({ kind: "binaries", assets }) };

  it("takes the first way that serves", async () => {
    const ways = [failing("first", "not here"), serving, failing("last", "never asked")];
    expect(await findAssets({}, ways)).toEqual({ kind: "binaries", assets });
  });

  it("lists every way with its reason, and what to do, where none serves", async () => {
    const finding = findAssets({}, [failing("first", "not here"), failing("second", "nor here")]);
    await expect(finding).rejects.toThrow(
      /- first: not here\n- second: nor here\n.*KUBEBUILDER_ASSETS/,
    );
  });
});

describe("downloadEnvtest", () => {
  let server: Server;
  let archive: Buffer;
  let sha512: string;
  const platform = `${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;

  beforeEach(async () => {
    const source = join(scratch, "source");
    await mkdir(join(source, "controller-tools/envtest"), { recursive: true });
    for (const name of ["etcd", "kube-apiserver", "kubectl"]) {
      const file = join(source, "controller-tools/envtest", name);
      await writeFile(file, `#!/bin/sh\necho ${name}\n`);
      await chmod(file, 0o755);
    }
    await run("tar", ["-czf", join(scratch, "archive.tar.gz"), "-C", source, "controller-tools"]);
    archive = await readFile(join(scratch, "archive.tar.gz"));
    sha512 = createHash("sha512").update(archive).digest("hex");
    server = createServer((request, response) => {
      response.end(request.url === "/index.yaml" ? index() : archive);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterEach(() => {
    server.close();
  });

  function url(path: string): string {
    return `http://127.0.0.1:${portOf(server)}${path}`;
  }

  /** The wanted version is not among these: the newest that is no pre-release is to be taken. */
  function index(): string {
    const versions = ["v1.9.0", "v1.35.1", "v1.37.0-alpha.1", "v1.4.0"];
    const releases = versions.map((version) => {
      const file = `envtest-${version}-${platform}.tar.gz`;
      return [version, { [file]: { hash: sha512, selfLink: url(`/${file}`) } }];
    });
    return JSON.stringify({ releases: Object.fromEntries(releases) });
  }

  it("caches the newest version that the release index offers", async () => {
    const root = join(scratch, "cache");
    const assets = await downloadEnvtest(url("/index.yaml"), root, {});
    expect(assets.etcd).toBe(join(root, "v1.35.1", "etcd"));
    expect((await run(assets.kubectl)).stdout).toBe("kubectl\n");
    expect(await readdir(root)).toEqual(["v1.35.1"]);
  });

  it("refuses an archive with another checksum and caches nothing", async () => {
    sha512 = createHash("sha512").update("something else").digest("hex");
    const root = join(scratch, "cache");
    await expect(downloadEnvtest(url("/index.yaml"), root, {})).rejects.toThrow("checksum");
    expect(await readdir(root)).toEqual([]);
  });

  it("falls through at once where nothing answers", async () => {
    const nowhere = url("/index.yaml");
    server.close();
    const startedAt = performance.now();
    await expect(downloadEnvtest(nowhere, join(scratch, "cache"), {})).rejects.toThrow(
      WayUnavailableError,
    );
    expect(performance.now() - startedAt).toBeLessThan(4_000);
  });
});

describe("withCacheLock", () => {
  it("lets one in at a time", async () => {
    const events: string[] = [];
    const { promise: firstIsIn, resolve: tellFirstIsIn } = Promise.withResolvers<void>();
    const { promise: mayEnd, resolve: endFirst } = Promise.withResolvers<void>();
    const waiting = Promise.withResolvers<void>();
    const first = withCacheLock(scratch, { deadlineMs: 10_000 }, async () => {
      tellFirstIsIn();
      await mayEnd;
      events.push("first ends");
    });
    await firstIsIn;
    const onProgress = (): void => waiting.resolve();
    const second = withCacheLock(scratch, { deadlineMs: 10_000, onProgress }, async () => {
      events.push("second begins");
    });
    await waiting.promise;
    endFirst();
    await Promise.all([first, second]);
    expect(events).toEqual(["first ends", "second begins"]);
  });

  it("takes over from a process that is dead", async () => {
    const dead = spawn("true");
    await once(dead, "exit");
    await mkdir(join(scratch, ".lock"));
    await writeFile(join(scratch, ".lock", "pid"), String(dead.pid));
    const result = await withCacheLock(scratch, { deadlineMs: 3_000 }, async () => "in");
    expect(result).toBe("in");
    expect(await exists(join(scratch, ".lock"))).toBe(false);
  });
});

describe("upstreamVersion", () => {
  it.each([
    ["Version: 1.20.5+really1.20.2-1.1+deb12u1", "v1.20.2", "a step back"],
    ["Version: 1.20.2-1", "v1.20.2", "a plain version"],
    ["Version: 1:1.20.2-1", "v1.20.2", "an epoch"],
  ])("reads %s as %s: %s", (line, version) => {
    expect(upstreamVersion(`Format: 3.0 (quilt)\n${line}\nArchitecture: any\n`)).toBe(version);
  });
});
