import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { kinds } from "../../api/kinds.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/control-plane.ts";
import { type Simulator, startSimulator } from "../hpc-park/simulator.ts";
import { type Kubectl, kubectlFor } from "./kubectl.ts";
import { OperatorProcess } from "./operator-process.ts";
import type { Screen } from "./screen.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
export const SAMPLES = join(ROOT, "deploy/samples");
export const ACCOUNT_SAMPLE = join(SAMPLES, "account.yaml");
const CRDS = join(ROOT, "crds");
const CRD_NAMES = kinds.map(({ plural, group }) => `crd/${plural}.${group}`);

/** Everything the demo plays on: an API server, a simulator, the operator. */
export interface Stage {
  readonly controlPlane: ControlPlane;
  readonly simulator: Simulator;
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

    this.#screen.say("2. A simulator of HPC Park: nothing here costs money");
    const simulator = await startSimulator();
    this.#undo.push(() => simulator.close());
    this.#screen.say(`   ${simulator.url}`);
    const tokenFile = join(folder, "token");
    await writeFile(tokenFile, simulator.token, { mode: 0o600 });
    await kubectl("create", "secret", "generic", "hpc-park", `--from-file=token=${tokenFile}`);

    const logFile = join(folder, "operator.log");
    this.#screen.say("3. The operator, as its own process");
    const operator = new OperatorProcess({
      kubeconfig: controlPlane.kubeconfigPath,
      url: simulator.url,
      tokenFile,
      logFile,
    });
    this.#undo.push(() => operator.stop());
    process.once("exit", () => operator.killNow());
    this.#screen.say(`   its log: ${logFile}`);
    return { controlPlane, simulator, operator, kubectl, logFile };
  }

  async takeDown(): Promise<void> {
    for (const undo of this.#undo.toReversed()) await undo();
    this.#undo.length = 0;
  }
}
