import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { kinds } from "../../api/kinds.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/control-plane.ts";
import { type Simulator, startSimulator } from "../hpc-park/simulator.ts";
import { type ElementSimulator, startElementSimulator } from "../element/simulator.ts";
import { type Kubectl, kubectlFor } from "./kubectl.ts";
import { OperatorProcess } from "./operator-process.ts";
import type { Screen } from "./screen.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
export const SAMPLES = join(ROOT, "deploy/samples");
export const APPLICATION_SAMPLE = join(SAMPLES, "element/application.yaml");
const CONSOLE_SAMPLE = join(SAMPLES, "element/console.yaml");
export const ACCOUNT_SAMPLE = join(SAMPLES, "account.yaml");
const CRDS = join(ROOT, "crds");
const CRD_NAMES = kinds.map(({ plural, group }) => `crd/${plural}.${group}`);

/** Everything the demo plays on: an API server, a simulator, the operator. */
export interface Stage {
  readonly controlPlane: ControlPlane;
  readonly simulator: Simulator;
  readonly panel: ElementSimulator;
  /** The sample of a console, with the simulator's address in the place of the real one. */
  readonly consoleFile: string;
  readonly operator: OperatorProcess;
  readonly kubectl: Kubectl;
  readonly logFile: string;
}

/** Takes down what was built, last first; safe after a build that was broken off. */
export class Builder {
  readonly #screen: Screen;
  readonly #undo: (() => Promise<void>)[] = [];

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  async build(signal: AbortSignal): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), "hpc-park-demo-"));
    this.#undo.push(() => rm(folder, { recursive: true, force: true }));

    this.#screen.say("1. A real Kubernetes API server (etcd and kube-apiserver) on this machine");
    const onProgress = (line: string): void => this.#screen.progress(`   ${line}`);
    const controlPlane = await startControlPlane({ onProgress, signal });
    this.#undo.push(() => controlPlane.stop());
    this.#screen.say(`   Kubernetes ${controlPlane.version} on ${controlPlane.server}`);
    const kubectl = kubectlFor(controlPlane.kubectl, controlPlane.kubeconfigPath, signal);
    // An old API server does not know every keyword of the schema, and kubectl would refuse it on its behalf.
    await kubectl("apply", "--validate=false", "-k", CRDS);
    await kubectl("wait", "--for=condition=Established", "--timeout=30s", ...CRD_NAMES);

    this.#screen.say(
      "2. Simulators of HPC Park and of an Element control panel: nothing here costs money",
    );
    const simulator = await startSimulator();
    this.#undo.push(() => simulator.close());
    const panel = await startElementSimulator();
    this.#undo.push(() => panel.close());
    this.#screen.say(`   ${simulator.url} and ${panel.url}`);
    const tokenFile = join(folder, "token");
    await writeFile(tokenFile, simulator.token, { mode: 0o600 });
    await kubectl("create", "secret", "generic", "hpc-park", `--from-file=token=${tokenFile}`);

    const consoleFile = await this.#prepareConsole(folder, panel, kubectl);

    const logFile = join(folder, "operator.log");
    this.#screen.say("3. The operator, as its own process");
    const operator = new OperatorProcess({
      kubeconfig: controlPlane.kubeconfigPath,
      url: simulator.url,
      tokenFile,
      elementUrl: panel.url,
      logFile,
    });
    this.#undo.push(() => operator.stop());
    process.once("exit", () => operator.killNow());
    this.#screen.say(`   its log: ${logFile}`);
    return { controlPlane, simulator, panel, consoleFile, operator, kubectl, logFile };
  }

  async #prepareConsole(
    folder: string,
    panel: ElementSimulator,
    kubectl: Kubectl,
  ): Promise<string> {
    const secretFile = join(folder, "client-secret");
    await writeFile(secretFile, panel.clientSecret, { mode: 0o600 });
    const entries = [
      `--from-literal=client-id=${panel.clientId}`,
      `--from-file=client-secret=${secretFile}`,
    ];
    await kubectl("create", "secret", "generic", "element-client", ...entries);
    const consoleFile = join(folder, "console.yaml");
    const sample = await readFile(CONSOLE_SAMPLE, "utf8");
    await writeFile(consoleFile, sample.replace(/url: \S+/, `url: ${panel.url}`));
    return consoleFile;
  }

  async takeDown(): Promise<void> {
    for (const undo of this.#undo.toReversed()) await undo();
    this.#undo.length = 0;
  }
}
