import { type ChildProcess, spawn } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  type ControlPlane,
  startControlPlane,
} from "../../src/embedded/control-plane/control-plane.ts";
import { until } from "../until.ts";
import type { Revision } from "./cluster-history.ts";
import { openCluster } from "./cluster.ts";
import { revisionsByUid } from "./invariants/history.ts";
import type { Cluster, World } from "./world.ts";

export type Part = "etcd" | "kube-apiserver";

const CLIENT_URL = "--advertise-client-urls=";

interface FoundProcess {
  readonly pid: number;
  readonly command: readonly string[];
}

/** A control plane that nobody else uses, so that its processes may be stopped, killed and put back. Linux only. */
export class OwnControlPlane {
  readonly cluster: Cluster;
  readonly #plane: ControlPlane;
  readonly #directory: string;
  #etcd: ChildProcess | undefined;
  #etcdCommand: readonly string[] = [];

  private constructor(cluster: Cluster, plane: ControlPlane, directory: string) {
    this.cluster = cluster;
    this.#plane = plane;
    this.#directory = directory;
    process.once("exit", () => this.#etcd?.kill("SIGKILL"));
  }

  static async start(): Promise<OwnControlPlane> {
    const directory = await mkdtemp(join(tmpdir(), "fault-control-plane-"));
    const plane = await startControlPlane({ dataDir: directory });
    try {
      return new OwnControlPlane(await openCluster(plane.kubeconfigPath), plane, directory);
    } catch (error) {
      await plane.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.#plane.stop();
    this.#etcd?.kill("SIGKILL");
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }

  /** For `SIGSTOP` and `SIGCONT`. */
  async signal(part: Part, signal: NodeJS.Signals): Promise<void> {
    process.kill((await this.#find(part)).pid, signal);
  }

  /** SIGKILL; returns when the process is gone. */
  async kill(part: Part): Promise<void> {
    const found = await this.#find(part);
    if (part === "etcd") this.#etcdCommand = found.command;
    process.kill(found.pid, "SIGKILL");
    await until(`${part} is gone`, async () => !(await isAlive(found)));
    // This process learns of the end of its child a turn later.
    await delay(50);
  }

  /** With the address and the data from before; returns when it answers. */
  async startAgain(part: Part): Promise<void> {
    if (part === "kube-apiserver") {
      // Its end is known to its owner a little later than here.
      return until("the API server is back", async () => {
        await this.#plane.startApiServer();
        return this.#find(part).then(
          () => true,
          () => false,
        );
      }).then(() => undefined);
    }
    const [command = "", ...args] = this.#etcdCommand;
    const url = args.find((arg) => arg.startsWith(CLIENT_URL))?.slice(CLIENT_URL.length);
    await until("etcd is back", () => {
      // Its port may be another's for a moment.
      if (this.#etcd === undefined || hasEnded(this.#etcd))
        this.#etcd = spawn(command, args, { stdio: "ignore" });
      return fetch(`${url}/health`).then(
        ({ ok }) => ok,
        () => false,
      );
    });
  }

  /** Whatever was broken works again. */
  async heal(): Promise<void> {
    for (const part of ["etcd", "kube-apiserver"] as const) {
      const found = await this.#find(part).catch(() => undefined);
      if (found === undefined) await this.startAgain(part);
      else process.kill(found.pid, "SIGCONT");
    }
  }

  /** A copy of what etcd holds now, as a crash would leave it. */
  async saveEtcd(): Promise<void> {
    await rm(this.#saved, { recursive: true, force: true });
    await this.signal("etcd", "SIGSTOP");
    await cp(this.#data, this.#saved, { recursive: true });
    await this.signal("etcd", "SIGCONT");
  }

  /** The whole cluster goes back to what was saved, its resourceVersion too. */
  async restoreEtcd(): Promise<void> {
    await this.kill("kube-apiserver");
    await this.kill("etcd");
    await rm(this.#data, { recursive: true });
    await cp(this.#saved, this.#data, { recursive: true });
    await this.startAgain("etcd");
    await this.startAgain("kube-apiserver");
  }

  /**
   * A new API server does not know what followed the versions of before, so the world's recorder goes on from what is there now.
   *
   * @param isAnew The cluster was put back: what was recorded is no longer its history.
   */
  async record({ history }: World, { isAnew = false } = {}): Promise<void> {
    history.stop();
    const { revisions } = history;
    // That a resource was wanted stays true.
    if (isAnew) revisions.splice(0, Infinity, ...firstOfEach(revisions));
    await history.startOver();
  }

  get #data(): string {
    return join(this.#directory, "etcd");
  }

  get #saved(): string {
    return join(this.#directory, "etcd-saved");
  }

  async #find(part: Part): Promise<FoundProcess> {
    const flag =
      part === "etcd" ? `--data-dir=${this.#data}` : `--cert-dir=${this.#directory}/certificates`;
    const found = (await processes()).find(({ command }) => command.includes(flag));
    if (found === undefined) throw new Error(`${part} of ${this.#directory} does not run`);
    return found;
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function firstOfEach(revisions: readonly Revision[]): Revision[] {
  return revisionsByUid(revisions).flatMap(([first]) => first ?? []);
}

async function processes(): Promise<FoundProcess[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      return { pid: Number(pid), command: line.split("\0").filter((word) => word !== "") };
    }),
  );
  return found.filter(({ command }) => command.length > 0);
}

/** A process that has ended but was not waited for has no command line any more. */
async function isAlive({ pid }: FoundProcess): Promise<boolean> {
  return (await processes()).some((other) => other.pid === pid);
}
