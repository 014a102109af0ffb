import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StartedTestContainer } from "testcontainers";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Docker } from "../../scripts/image/docker.ts";
import { type Simulator, startSimulator } from "../../src/embedded/hpc-park/simulator.ts";
import { type Kubectl, prepareNamespace } from "../integration/namespace.ts";
import { PROJECT } from "../project.ts";
import { until } from "../until.ts";
import { OperatorContainer } from "./operator-container.ts";
import { useEngine } from "./use-engine.ts";

const { tag, dockerHost } = inject("image");
useEngine(dockerHost);
const docker = new Docker(dockerHost, () => undefined);
const { kubeconfigPath } = inject("controlPlane");
const KUBECONFIG = "/run/kubeconfig";
const HEALTH_PORT = 18_181;
const TOKEN_FILE = "/run/secrets/token";
/** Far below the grace period of a pod. */
const STOP_SECONDS = 20;

describe("the image", () => {
  it("runs as a numeric user that is not root, without a shell in between", async () => {
    const format = "{{.Config.User}} {{json .Config.Entrypoint}} {{.Config.StopSignal}}";
    const config = await docker.read("image", "inspect", "--format", format, tag);

    expect(config).toMatch(/^65532:65532 \["node",.*"\/app\/operator\.mjs"\] SIGTERM$/);
  });

  it("says what it is and what it was made of", async () => {
    const { version }: { version: string } = JSON.parse(
      await readFile(join(PROJECT, "package.json"), "utf8"),
    );
    const labels: unknown = JSON.parse(
      await docker.read("image", "inspect", "--format", "{{json .Config.Labels}}", tag),
    );

    expect(labels).toMatchObject({
      "org.opencontainers.image.title": "hpc-park-operator",
      "org.opencontainers.image.version": version,
      "org.opencontainers.image.revision": expect.stringMatching(/^[0-9a-f]{40}$/),
      "org.opencontainers.image.base.name": expect.stringContaining("node"),
    });
  });

  it("explains itself without a network", async () => {
    const args = ["run", "--rm", "--network=none", "--read-only", tag, "--help"];

    expect(await docker.read(...args)).toContain("HPC_PARK_TOKEN_FILE");
  });

  it("carries no simulator, and maps to our own sources", async () => {
    const count = `const t=require("fs").readFileSync("/app/operator.mjs","utf8");const m=JSON.parse(require("fs").readFileSync("/app/operator.mjs.map","utf8"));console.log(t.includes("fastify"),m.sources.some(s=>s.includes("src/embedded")),m.sources.some(s=>s.endsWith("src/core/decide.ts")))`;

    expect(await inside(count)).toBe("false false true");
  });

  it("carries its SBOM, which names the Node that is really in it", async () => {
    const read = `const {components:c}=JSON.parse(require("fs").readFileSync("/app/operator.cdx.json","utf8"));console.log(c.find(({name})=>name==="node").version===process.versions.node,c.some(({name})=>name==="got"))`;

    expect(await inside(read)).toBe("true true");
  });

  it("starts from what V8 has compiled already, though nothing can be written", async () => {
    const start = `const {spawnSync:s}=require("child_process");console.log(s("node",["--max-semi-space-size=2","--enable-source-maps","/app/operator.mjs","--help"],{encoding:"utf8",env:{...process.env,NODE_DEBUG_NATIVE:"COMPILE_CACHE"}}).stderr)`;

    expect(await inside(start)).toContain("operator.mjs was accepted");
    // Who is somebody else starts without it, and as well.
    const anybody = ["run", "--rm", "--network=none", "--read-only", "--user=1000", tag, "--help"];
    expect(await docker.read(...anybody)).toContain("HPC_PARK_TOKEN_FILE");
  });

  /** What a line of JavaScript says in a container where nothing can be written. */
  function inside(program: string): Promise<string> {
    const options = ["--rm", "--network=none", "--read-only", "--entrypoint=node"];
    return docker.read("run", ...options, tag, "-e", program);
  }
});

describe("the image at work", () => {
  let kubectl: Kubectl & { readonly namespace: string };
  let simulator: Simulator;
  let container: StartedTestContainer;
  let startedMs: number;
  let folder: string;

  /** For the container's user, who is not the one who runs this. */
  async function readable(name: string, content: string): Promise<string> {
    const file = join(folder, name);
    await writeFile(file, content, { mode: 0o444 });
    return file;
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "image-test-"));
    await chmod(folder, 0o755);
    kubectl = await prepareNamespace();
    simulator = await startSimulator({ timings: { createMs: 200, deleteMs: 100 } });
    startedMs = performance.now();
    container = await new OperatorContainer(tag)
      .withEnvironment({
        KUBECONFIG,
        PROVIDERS: "hpc-park",
        HPC_PARK_URL: simulator.url,
        HPC_PARK_TOKEN_FILE: TOKEN_FILE,
        WATCH_NAMESPACES: kubectl.namespace,
        LEASE_NAMESPACE: kubectl.namespace,
        POLL_INTERVAL_SECONDS: "1",
        ACTIVE_POLL_INTERVAL_SECONDS: "0.2",
        HEALTH_HOST: "127.0.0.1",
        HEALTH_PORT: String(HEALTH_PORT),
      })
      .withBindMounts([
        { source: await readable("token", simulator.token), target: TOKEN_FILE, mode: "ro" },
        {
          source: await readable("kubeconfig", await readFile(kubeconfigPath, "utf8")),
          target: KUBECONFIG,
          mode: "ro",
        },
      ])
      .start();
  });
  afterAll(async () => {
    await docker.read("rm", "--force", container.getId());
    await simulator.close();
    await rm(folder, { recursive: true });
    await kubectl.removeNamespace();
  });

  it("becomes ready with nothing to write to and nothing allowed", async () => {
    await until("it is ready", async () => {
      const answer = await fetch(`http://127.0.0.1:${HEALTH_PORT}/readyz`).catch(() => undefined);
      return answer?.ok === true;
    });

    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    const bytes = Number(await docker.read("image", "inspect", "--format", "{{.Size}}", tag));
    process.stderr.write(
      `image: ready ${seconds} s after the container was asked for; ${(bytes / 2 ** 20).toFixed(0)} MiB\n`,
    );
    const format = "{{.HostConfig.ReadonlyRootfs}} {{json .HostConfig.CapDrop}}";
    expect(await docker.read("inspect", "--format", format, container.getId())).toBe(
      'true ["ALL"]',
    );
  });

  it("makes the samples Ready", async () => {
    await kubectl.run("apply", "-k", join(PROJECT, "deploy/samples"));

    await kubectl.run(
      "wait",
      "--for=condition=Ready",
      "--timeout=30s",
      "hpci/trainer",
      "hpci/inference",
    );

    expect(simulator.park.instances.all()).toHaveLength(2);
  });

  it("shows its token nowhere", async () => {
    const inspected = await docker.read("inspect", container.getId());
    const logged = await docker.read("logs", container.getId());

    expect(inspected + logged).not.toContain(simulator.token);
  });

  it("ends in time and with 0 when it is told to", async () => {
    await docker.read("stop", `--time=${STOP_SECONDS}`, container.getId());

    const format = "{{.State.ExitCode}} {{.State.OOMKilled}}";
    expect(await docker.read("inspect", "--format", format, container.getId())).toBe("0 false");
  });
});
