import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withFreePort } from "../../src/embedded/control-plane/free-port.ts";
import { ManagedProcess } from "../../src/embedded/control-plane/managed-process.ts";
import { until } from "../until.ts";

/** One series of an answer: its labels, and its value. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Prometheus {
  /** Scrapes these from now on, and no others. */
  scrape(urls: readonly string[]): Promise<void>;
  /** Throws where it is no PromQL. */
  query(expr: string): Promise<readonly Sample[]>;
  stop(): Promise<void>;
}

/** Milliseconds between scrapes: tests wait for two of them. */
const SCRAPE_MS = 250;

/** A Prometheus of its own on loopback, which forgets everything at its end. */
export async function startPrometheus(program: string): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), "prometheus-"));
  const targets = join(folder, "targets.json");
  await writeFile(targets, "[]");
  await writeFile(join(folder, "prometheus.yaml"), configuration(targets));
  const { url, server } = await withFreePort((port) => start(program, folder, port));
  return {
    scrape: (urls) =>
      writeFile(targets, JSON.stringify([{ targets: urls.map((each) => new URL(each).host) }])),
    query: (expr) => query(url, expr),
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}

async function start(program: string, folder: string, port: number) {
  const url = `http://127.0.0.1:${port}`;
  const args = [
    `--config.file=${join(folder, "prometheus.yaml")}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--log.level=warn",
  ];
  const logFile = join(folder, "log");
  const server = await ManagedProcess.start({
    name: "prometheus",
    command: program,
    args,
    logFile,
  });
  await until("Prometheus is ready", async () => {
    if (server.hasEnded()) throw await server.endedError();
    return (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok;
  });
  return { url, server };
}

function configuration(targets: string): string {
  return `global:
  scrape_interval: ${SCRAPE_MS}ms
  scrape_timeout: ${SCRAPE_MS}ms
scrape_configs:
  - job_name: hpc-park-operator
    file_sd_configs:
      - files: [${targets}]
`;
}

async function query(url: string, expr: string): Promise<readonly Sample[]> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expr)}`);
  const { data, error }: Answer = Object(await response.json());
  if (data === undefined) throw new Error(`${error}: ${expr}`);
  return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
}

interface Answer {
  readonly data?: {
    readonly result: readonly { metric: Record<string, string>; value: [number, string] }[];
  };
  readonly error?: string;
}
