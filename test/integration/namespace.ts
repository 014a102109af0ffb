import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { inject } from "vitest";
import { kinds } from "../../src/api/kinds.ts";
import { PROJECT } from "../project.ts";
import { until } from "../until.ts";

export const CRDS = kinds.map(({ plural, group }) => `crd/${plural}.${group}`);

const { kubectl: program, kubeconfigPath, minor } = inject("controlPlane");

/** From Kubernetes 1.28 on the API server checks every CEL rule here; old ones drop them. */
export const isWithoutCel = minor < 28;

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Kubectl {
  /** Runs kubectl; a refusal is an outcome, not an error. */
  attempt(args: readonly string[], input?: string): Promise<Outcome>;
  /** Runs kubectl, which must succeed, and returns what it prints. */
  run(...args: string[]): Promise<string>;
  /** What kubectl itself would refuse must be refused by the API server: kubectl does not look. */
  apply(object: unknown): Promise<Outcome>;
  specOf(name: string): Promise<unknown>;
  removeNamespace(): Promise<void>;
}

/** The CRDs are there, and a namespace for one test file. */
export async function prepareNamespace(): Promise<Kubectl & { readonly namespace: string }> {
  const namespace = `test-${randomUUID().slice(0, 8)}`;
  const kubectl = kubectlIn(namespace);
  await applyCrds(kubectl);
  // An old kubectl gives up on one that says nothing of itself yet.
  await until("the CRDs are established", async () => {
    const args = ["wait", "--for=condition=Established", "--timeout=10s", ...CRDS];
    return (await kubectl.attempt(args)).code === 0;
  });
  await kubectl.run("create", "namespace", namespace);
  return { namespace, ...kubectl };
}

/** Test files begin at the same time; whoever comes second to create one of them applies it again. */
async function applyCrds(kubectl: Kubectl): Promise<void> {
  // An API server without CEL does not know the keyword, and kubectl would refuse it on its behalf.
  const args = ["apply", "--validate=false", "-k", join(PROJECT, "crds")];
  const { code } = await kubectl.attempt(args);
  if (code !== 0) await kubectl.run(...args);
}

function kubectlIn(namespace: string): Kubectl {
  const attempt: Kubectl["attempt"] = async (args, input = "") => {
    const running = promisify(execFile)(
      program,
      ["--kubeconfig", kubeconfigPath, "--namespace", namespace, ...args],
      { timeout: 30_000 },
    );
    // Where kubectl ends before it reads, its outcome says why.
    running.child.stdin?.on("error", () => undefined).end(input);
    try {
      return { code: 0, ...(await running) };
    } catch (error) {
      // What execFile rejects with carries the exit code and both streams.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      const { code, stdout, stderr } = error as Outcome;
      return { code, stdout, stderr };
    }
  };
  const run: Kubectl["run"] = async (...args) => {
    const { code, stdout, stderr } = await attempt(args);
    if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
    return stdout;
  };
  return {
    attempt,
    run,
    apply: (object) => attempt(["apply", "--validate=false", "-f", "-"], JSON.stringify(object)),
    specOf: async (name) => JSON.parse(await run("get", name, "-o", "json")).spec,
    removeNamespace: async () => {
      await attempt(["delete", "namespace", namespace, "--wait=false"]);
    },
  };
}
