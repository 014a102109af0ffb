import type { TestProject } from "vitest/node";
import { startControlPlane } from "../src/embedded/control-plane/control-plane.ts";

export interface ProvidedControlPlane {
  readonly kubeconfigPath: string;
  readonly kubectl: string;
  readonly server: string;
  readonly minor: number;
}

declare module "vitest" {
  interface ProvidedContext {
    controlPlane: ProvidedControlPlane;
  }
}

/** One control plane for the whole run; tests read it with `inject("controlPlane")` and keep apart by namespace. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const onProgress = (line: string): void => {
    process.stderr.write(`control plane: ${line}\n`);
  };
  const controlPlane = await startControlPlane({ onProgress });
  const { kubeconfigPath, kubectl, server, minor } = controlPlane;
  onProgress(`Kubernetes ${controlPlane.version} on ${server}`);
  project.provide("controlPlane", { kubeconfigPath, kubectl, server, minor });
  return () => controlPlane.stop();
}
