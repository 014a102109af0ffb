import { GenericContainer } from "testcontainers";
import type { TestProject } from "vitest/node";
import { provideBaseImage } from "../../scripts/image/base-image.ts";
import { prepareBuild, PROJECT } from "../../scripts/image/build-image.ts";
import { Docker } from "../../scripts/image/docker.ts";
import { provideEngine } from "../../scripts/image/engine.ts";
import { setup as setUpControlPlane } from "../control-plane-setup.ts";

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
  if (engine.host !== undefined) process.env["DOCKER_HOST"] = engine.host;
  // Its helper cannot be pulled everywhere; what is started here is ended here.
  process.env["TESTCONTAINERS_RYUK_DISABLED"] = "true";
  try {
    const docker = new Docker(engine.host, say);
    const baseImage = await provideBaseImage(docker, say);
    // The engine's containers may reach no package registry; what the bundle is made of is here.
    const build = await prepareBuild({ BASE_IMAGE: baseImage, BUNDLE: "context" });
    await GenericContainer.fromDockerfile(PROJECT)
      .withBuildkit()
      .withBuildArgs(build)
      .build(TAG, { deleteOnExit: false });
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
