import { parseArgs } from "node:util";
import { standardBase } from "./image/base-image.ts";
import { prepareBuild, PROJECT } from "./image/build-image.ts";
import { Docker } from "./image/docker.ts";

const BUILD_MS = 600_000;

const { values } = parseArgs({
  options: {
    tag: { type: "string", default: "hpc-park-operator:dev" },
    base: { type: "string", default: process.env["BASE_IMAGE"] ?? standardBase() },
    /** The bundle is made here, not in the image: for engines that reach no package registry. */
    "bundle-here": { type: "boolean", default: false },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const docker = new Docker(process.env["DOCKER_HOST"], say);
const build = await prepareBuild({
  BASE_IMAGE: values.base,
  BUNDLE: values["bundle-here"] ? "context" : "build",
});
const args = Object.entries(build).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
await docker.run(
  ["build", "--tag", values.tag, ...args, PROJECT],
  `building ${values.tag}`,
  BUILD_MS,
);
const bytes = Number(await docker.read("image", "inspect", "--format", "{{.Size}}", values.tag));
say(`${values.tag}: ${(bytes / 2 ** 20).toFixed(0)} MiB`);
