import { execFile } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  type ControlPlane,
  startControlPlane,
} from "../../src/embedded/control-plane/control-plane.ts";
import {
  type ElementSimulator,
  startElementSimulator,
} from "../../src/embedded/element/simulator.ts";
import { type Simulator, startSimulator } from "../../src/embedded/hpc-park/simulator.ts";
import type { Command } from "../docs/commands.ts";
import type { OperatorProcess } from "../operator-process.ts";
import { PROJECT } from "../project.ts";

/** Longer than any command of a page takes here. */
const COMMAND_MS = 60_000;
/** What the pages' commands read of a checkout. */
const CHECKOUT = ["crds", "deploy"];
/** In the place of ssh: there is nobody to log in to. */
const SSH = `#!/bin/sh\necho "ssh $*"\n`;
export const PUBLIC_KEY =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMXGRH1TZfbidEbPL88ocyV6nTY2Av57HTqbRSteBjT8 you@host";

export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

/** What a reader of a page has: a cluster, an account, a panel, a checkout, a home and a shell. */
export class PageWorld {
  readonly plane: ControlPlane;
  readonly park: Simulator;
  readonly panel: ElementSimulator;
  /** The checkout; commands are typed in it. */
  readonly checkout: string;
  readonly #folder: string;
  /** Undefined while none is at work. */
  operator: OperatorProcess | undefined;
  operatorEnvironment: Readonly<Record<string, string>> = {};

  private constructor(
    folder: string,
    parts: { plane: ControlPlane; park: Simulator; panel: ElementSimulator },
  ) {
    this.#folder = folder;
    this.checkout = join(folder, "checkout");
    this.plane = parts.plane;
    this.park = parts.park;
    this.panel = parts.panel;
  }

  static async start(): Promise<PageWorld> {
    const folder = await mkdtemp(join(tmpdir(), "page-walk-"));
    const [plane, park, panel] = await Promise.all([
      startControlPlane(),
      startSimulator({
        timings: { createMs: 200, deleteMs: 100, updateMs: 100, powerMs: 100, storageMs: 100 },
      }),
      startElementSimulator({
        timings: { creatingMs: 100, initializingMs: 0, startingMs: 50, stoppingMs: 50 },
      }),
    ]);
    const world = new PageWorld(folder, { plane, park, panel });
    await world.#furnish();
    return world;
  }

  path(...names: readonly string[]): string {
    return join(this.#folder, ...names);
  }

  /** Types one command. Rejects where it fails. */
  async type(command: Command, typedIntoIt = ""): Promise<Printed> {
    const running = promisify(execFile)("bash", ["-c", command], {
      cwd: this.checkout,
      timeout: COMMAND_MS,
      env: {
        PATH: `${this.path("bin")}:/usr/local/bin:/usr/bin:/bin`,
        HOME: this.path("home"),
        KUBECONFIG: this.plane.kubeconfigPath,
      },
    });
    running.child.stdin?.on("error", () => undefined).end(typedIntoIt);
    return running;
  }

  async kubectl(...args: readonly string[]): Promise<string> {
    const all = ["--kubeconfig", this.plane.kubeconfigPath, ...args];
    return (await promisify(execFile)(this.plane.kubectl, all, { timeout: COMMAND_MS })).stdout;
  }

  async stop(): Promise<void> {
    await this.operator?.end("SIGKILL");
    await Promise.all([this.park.close(), this.panel.close(), this.plane.stop()]);
    await rm(this.#folder, { recursive: true });
  }

  async #furnish(): Promise<void> {
    await Promise.all(
      CHECKOUT.map((name) =>
        cp(join(PROJECT, name), join(this.checkout, name), { recursive: true }),
      ),
    );
    await this.#pointToPanel("deploy/samples/element/console.yaml");
    await mkdir(this.path("bin"));
    await symlink(this.plane.kubectl, this.path("bin", "kubectl"));
    await writeFile(this.path("bin", "ssh"), SSH);
    await chmod(this.path("bin", "ssh"), 0o755);
    await mkdir(this.path("home", ".ssh"), { recursive: true });
    await writeFile(this.path("home", ".ssh", "id_ed25519.pub"), `${PUBLIC_KEY}\n`);
  }

  /** The sample names the panel of everybody; ours is elsewhere. */
  async #pointToPanel(sample: string): Promise<void> {
    const file = join(this.checkout, sample);
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace("https://1cmycloud.com", this.panel.url));
  }
}
