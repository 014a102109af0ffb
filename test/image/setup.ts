import { getContainerRuntimeClient } from "testcontainers";
import type { TestProject } from "vitest/node";
import { provideBaseImage } from "../../scripts/image/base-image.ts";
import { prepareBuild, PROJECT } from "../../scripts/image/build-image.ts";
import { Docker } from "../../scripts/image/docker.ts";
import { provideEngine } from "../../scripts/image/engine.ts";
import { setup as setUpControlPlane } from "../control-plane-setup.ts";
import { useEngine } from "./use-engine.ts";

declare module "vitest" {
  interface ProvidedContext {
    image: { readonly tag: string; readonly dockerHost: string | undefined };
  }
}

const TAG = "hpc-park-operator:test";

/** An engine, the image built on it, and a control plane. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const say = (line: string): void => void process.stderr.write(`image: ${line}\n`);
  const engine = await provideEngine(say);
  useEngine(engine.host);
  try {
    const docker = new Docker(engine.host, say);
    const baseImage = await provideBaseImage(docker, say);
    // The engine's containers may reach no package registry; what the bundle is made of is here.
    const build = await prepareBuild({ BASE_IMAGE: baseImage, BUNDLE: "context" });
    const { image } = await getContainerRuntimeClient();
    await image.build(PROJECT, {
      t: TAG,
      dockerfile: "Dockerfile",
      buildargs: build,
      // BuildKit.
      version: "2",
      // An engine that is started here has no network to give, and nothing is fetched.
      networkmode: "none",
    });
    // What went wrong is in the engine's words, which are not handed on.
    if (!(await docker.hasImage(TAG))) throw new Error(`the engine could not build ${TAG}`);
    project.provide("image", { tag: TAG, dockerHost: engine.host });
    const tearDownControlPlane = await setUpControlPlane(project);
    return async () => {
      await tearDownControlPlane();
      await engine.stop();
    };
  } catch (error) {
    await engine.stop();
    throw error;
  }
}
