import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cacheRoot } from "../../src/embedded/control-plane/cache-directory.ts";
import { withCacheLock } from "../../src/embedded/control-plane/cache-lock.ts";
import { findExecutable } from "../../src/embedded/control-plane/find-executable.ts";
import { readCommand, runCommand } from "../../src/embedded/control-plane/run-command.ts";
import type { Docker } from "./docker.ts";

const OWN_BASE = `hpc-park-operator-base:node${process.versions.node}`;

const DOCKERFILE = join(import.meta.dirname, "../../Dockerfile");

const PULL_MS = 120_000;
const MAKE_MS = 600_000;
const LOCK_MS = 900_000;

/** What the Dockerfile builds upon, where nothing else is said. */
export function standardBase(): string {
  const name = /^ARG BASE_IMAGE=(.+)$/m.exec(readFileSync(DOCKERFILE, "utf8"))?.[1];
  if (name === undefined) throw new Error("the Dockerfile names no base image");
  return name;
}

/**
 * The base image: the standard one where it is there or can be pulled; else one of Debian's own packages and of the Node that the
 * project's lockfile names, which is made once and kept in the cache.
 */
export async function provideBaseImage(
  docker: Docker,
  say: (line: string) => void,
): Promise<string> {
  const standard = standardBase();
  if (await docker.hasImage(standard)) return standard;
  if (await docker.canPull(standard, PULL_MS)) return standard;
  if (await docker.hasImage(OWN_BASE)) return OWN_BASE;
  const archive = await debianArchive(say);
  say("no image can be pulled, so the base image is made of Debian's packages");
  await docker.run(["import", archive, OWN_BASE], "importing the base image", MAKE_MS);
  return OWN_BASE;
}

async function debianArchive(say: (line: string) => void): Promise<string> {
  const root = join(dirname(cacheRoot()), "base-image");
  const archive = join(root, `node-${process.versions.node}-${process.arch}.tar`);
  if (existsSync(archive)) return archive;
  await withCacheLock(root, { deadlineMs: LOCK_MS, onProgress: say }, async () => {
    if (!existsSync(archive)) await makeArchive(archive, say);
  });
  return archive;
}

async function makeArchive(archive: string, say: (line: string) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "hpc-park-operator-base-"));
  const options = { logFile: join(folder, "log"), deadlineMs: MAKE_MS, onProgress: say };
  const env = { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" };
  try {
    if ((await findExecutable("debootstrap")) === undefined) {
      const args = ["install", "--yes", "--no-install-recommends", "debootstrap"];
      await runCommand("apt-get", args, { ...options, env, step: "installing debootstrap" });
    }
    const { codename, mirror } = await debian();
    const system = join(folder, "root");
    const args = [
      "--variant=minbase",
      "--include=libstdc++6,ca-certificates",
      codename,
      system,
      mirror,
    ];
    await runCommand("debootstrap", args, { ...options, env, step: "making a small Debian" });
    await mkdir(join(system, "usr/local/bin"), { recursive: true });
    await cp(process.execPath, join(system, "usr/local/bin/node"));
    const part = `${archive}.part`;
    const tar = [
      "--directory",
      system,
      "--exclude=./var/cache/*",
      "--exclude=./var/lib/apt/lists/*",
      "-cf",
      part,
      ".",
    ];
    await runCommand("tar", tar, { ...options, step: "packing it" });
    await rename(part, archive);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Which Debian this is, and where its packages come from. */
async function debian(): Promise<{ readonly codename: string; readonly mirror: string }> {
  const format = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)";
  const args = ["indextargets", "--format", format, "Created-By: Packages"];
  for (const line of (await readCommand("apt-get", args)).split("\n")) {
    const [mirror = "", codename = "", component] = line.split("|");
    if (component === "main" && /^[a-z]+$/.test(codename)) return { codename, mirror };
  }
  throw new Error("apt knows no Debian release from which a base image could be made");
}
