import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ENVIRONMENT, NODE_ARGUMENTS } from "../../../scripts/bundle.ts";
import { machineMs } from "../clock.ts";
import type { Bench } from "../scenario.ts";

/** One way to start the bundle. */
interface Variant {
  readonly name: string;
  readonly nodeArguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const STARTS_FOR_EACH_RUN = 7;
/** Nothing listens there: the stack of the error that comes of it makes Node take the source map apart. */
const NOBODY = "https://127.0.0.1:1";
const KUBECONFIG = {
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "none", cluster: { server: NOBODY } }],
  users: [{ name: "none", user: { token: "none" } }],
  contexts: [{ name: "none", context: { cluster: "none", user: "none" } }],
  "current-context": "none",
};

/** What V8's compiled code and the source map are worth to the image, when an operator starts and finds no API server. */
export async function imageStart({ stage, operator, figures, runs, tell }: Bench): Promise<void> {
  const [program = ""] = operator.command;
  const kubeconfig = join(stage.folder, "nobody.json");
  await writeFile(kubeconfig, JSON.stringify(KUBECONFIG), { mode: 0o600 });
  const settings = {
    KUBECONFIG: kubeconfig,
    PROVIDERS: "hpc-park",
    HPC_PARK_URL: stage.remote.url,
    HPC_PARK_TOKEN_FILE: stage.tokenFile,
    LEADER_ELECTION: "false",
    HEALTH_HOST: "127.0.0.1",
    HEALTH_PORT: "0",
  };
  const variants = variantsIn(stage.folder);
  for (const variant of variants) await untilHelped(program, variant);
  for (let run = 0; run < runs * STARTS_FOR_EACH_RUN; run += 1) {
    for (const variant of variants) {
      const { name } = variant;
      figures.add(
        "image: exec to the end of --help, ms",
        name,
        await untilHelped(program, variant),
      );
      const { healthyMs, cpuMs, rssMiB } = await untilHealthy(program, variant, settings);
      figures.add("image: exec to health, ms", name, healthyMs);
      figures.add("image: exec to health, CPU, ms", name, cpuMs);
      figures.add("image: RSS after a failed connection, MiB", name, rssMiB);
    }
  }
  tell(`image: ${variants.length} variants, ${runs * STARTS_FOR_EACH_RUN} starts of each`);
}

/** The first is what the image does. */
function variantsIn(folder: string): readonly Variant[] {
  const mapped = [...NODE_ARGUMENTS, "--enable-source-maps"];
  const cached = { NODE_COMPILE_CACHE: join(folder, "compile-cache") };
  return [
    { name: "operator", nodeArguments: mapped, environment: cached },
    { name: "without the cache", nodeArguments: mapped, environment: {} },
    { name: "without the map", nodeArguments: NODE_ARGUMENTS, environment: cached },
  ];
}

function started(
  program: string,
  command: string,
  { nodeArguments, environment }: Variant,
  settings: Readonly<Record<string, string>> = {},
) {
  return spawn(process.execPath, [...nodeArguments, program, command], {
    env: { PATH: process.env["PATH"], ...ENVIRONMENT, ...environment, ...settings },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function untilHelped(program: string, variant: Variant): Promise<number> {
  const startMs = machineMs();
  const child = started(program, "--help", variant);
  child.stdout.resume();
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`--help ended with ${String(code)}`);
  return machineMs() - startMs;
}

async function untilHealthy(
  program: string,
  variant: Variant,
  settings: Readonly<Record<string, string>>,
): Promise<{ readonly healthyMs: number; readonly cpuMs: number; readonly rssMiB: number }> {
  const startMs = machineMs();
  const child = started(program, "run", variant, settings);
  const ended = once(child, "exit");
  try {
    const said = { log: "" };
    child.stdout.on("data", (chunk: Buffer) => (said.log += chunk.toString()));
    const told = async (words: RegExp): Promise<string> => {
      for (;;) {
        const found = words.exec(said.log)?.[1];
        if (found !== undefined) return found;
        const more = once(child.stdout, "data").then(() => true);
        if (!(await Promise.race([more, ended.then(() => false)])))
          throw new Error(`it has ended:\n${said.log}`);
      }
    };
    const response = await fetch(`${await told(/"health":"([^"]+)"/)}/healthz`);
    await response.arrayBuffer();
    const healthyMs = machineMs() - startMs;
    const { pid } = child;
    const cpuMs = cpuOf(pid);
    await told(/"msg":"(the cluster's identity cannot be read)/);
    return { healthyMs, cpuMs, rssMiB: rssOf(pid) };
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
}

/** Of all threads, as the scheduler counts it. */
function cpuOf(pid: number | undefined): number {
  const tasks = `/proc/${pid}/task`;
  const ofThreads = readdirSync(tasks).map((thread) => {
    const [nanoseconds] = readFileSync(join(tasks, thread, "schedstat"), "utf8").split(" ");
    return Number(nanoseconds) / 1e6;
  });
  return ofThreads.reduce((sum, ms) => sum + ms, 0);
}

function rssOf(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
}
