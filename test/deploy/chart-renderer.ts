import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Apt, prepareApt } from "../../src/embedded/control-plane/apt.ts";
import { cacheRoot } from "../../src/embedded/control-plane/cache-directory.ts";
import { withCacheLock } from "../../src/embedded/control-plane/cache-lock.ts";
import { isExecutable } from "../../src/embedded/control-plane/control-plane-assets.ts";
import {
  runCommand,
  type RunCommandOptions,
} from "../../src/embedded/control-plane/run-command.ts";
import { CODENAME, isDebianRoot } from "../debian.ts";
import { PROJECT } from "../project.ts";

const MINUTE_MS = 60_000;
const SOURCES = join(PROJECT, "test/deploy/chart-renderer");
const GO = ["golang-1.19-go", "golang-1.19-src"];
/** Helm's own: functions, YAML, JSON Schema and patterns of file names; and what these are made of. */
const LIBRARIES = [
  "golang-github-gobwas-glob-dev",
  "golang-github-google-uuid-dev",
  "golang-github-huandu-xstrings-dev",
  "golang-github-imdario-mergo-dev",
  "golang-github-masterminds-goutils-dev",
  "golang-github-masterminds-semver-dev",
  "golang-github-masterminds-sprig-dev",
  "golang-github-mitchellh-copystructure-dev",
  "golang-github-mitchellh-reflectwalk-dev",
  "golang-github-shopspring-decimal-dev",
  "golang-github-spf13-cast-dev",
  "golang-github-xeipuuv-gojsonpointer-dev",
  "golang-github-xeipuuv-gojsonreference-dev",
  "golang-github-xeipuuv-gojsonschema-dev",
  "golang-golang-x-crypto-dev",
  "golang-gopkg-yaml.v2-dev",
  "golang-k8s-sigs-yaml-dev",
];

/**
 * The program that renders the chart: out of the cache, or built from its sources with Debian's Go and libraries, which are unpacked and not
 * installed. Undefined where this is no Debian 12, or not root.
 */
export async function chartRenderer(): Promise<string | undefined> {
  const root = join(cacheRoot(), "..", "chart-renderer");
  const program = join(root, `renderer-${await versionOfSources()}`);
  if (await isExecutable(program)) return program;
  if (!(await isDebianRoot())) return undefined;
  await withCacheLock(root, { deadlineMs: 15 * MINUTE_MS }, async () => {
    if (!(await isExecutable(program))) await build(root, program);
  });
  return program;
}

async function versionOfSources(): Promise<string> {
  const hash = createHash("sha256").update([...GO, ...LIBRARIES].join());
  for (const name of (await readdir(SOURCES)).toSorted()) {
    hash.update(name).update(await readFile(join(SOURCES, name)));
  }
  return hash.digest("hex").slice(0, 12);
}

async function build(root: string, program: string): Promise<void> {
  const directory = await mkdtemp(join(root, "build-"));
  const step = (name: string): RunCommandOptions => ({
    step: name,
    logFile: join(root, "build.log"),
    deadlineMs: 10 * MINUTE_MS,
    onProgress: (line) => void process.stderr.write(`chart renderer: ${line}\n`),
  });
  try {
    const files = await unpackPackages(await prepareApt(directory, CODENAME), directory, step);
    const made = join(directory, "renderer");
    await runCommand(
      join(files, "usr/lib/go-1.19/bin/go"),
      ["build", "-ldflags=-s -w", "-o", made, "."],
      { ...step("build it"), cwd: SOURCES, env: goEnvironment(directory, files) },
    );
    await rename(made, program);
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function unpackPackages(
  apt: Apt,
  directory: string,
  step: (name: string) => RunCommandOptions,
): Promise<string> {
  const files = join(directory, "files");
  await mkdir(files);
  await apt.run(["update"], step("read Debian's package lists"), directory);
  const wanted = [...GO, ...LIBRARIES];
  await apt.run(["download", ...wanted], step("download Go and Helm's libraries"), directory);
  for (const file of await readdir(directory)) {
    if (!file.endsWith(".deb")) continue;
    await runCommand("dpkg-deb", ["-x", file, files], {
      ...step(`unpack ${file}`),
      cwd: directory,
    });
  }
  return files;
}

/** Debian's libraries lie as a GOPATH has them, without versions in their paths; nothing is asked of a network. */
function goEnvironment(directory: string, files: string): NodeJS.ProcessEnv {
  return {
    GOROOT: join(files, "usr/lib/go-1.19"),
    GOPATH: join(files, "usr/share/gocode"),
    GOCACHE: join(directory, "go-cache"),
    GO111MODULE: "off",
    GOPROXY: "off",
    GOFLAGS: "",
    CGO_ENABLED: "0",
  };
}
