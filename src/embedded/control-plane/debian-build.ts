import { chmod, copyFile, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Apt, prepareApt } from "./apt.ts";
import { type AssetWay, type AssetWayOptions, WayUnavailableError } from "./asset-way.ts";
import { cacheRoot } from "./cache-directory.ts";
import type { ControlPlaneAssets } from "./control-plane-assets.ts";
import { fillCache, type StagedAssets } from "./fill-cache.ts";
import { buildKubeApiserver } from "./kube-apiserver-build.ts";
import { runCommand } from "./run-command.ts";

const CODENAME = "bookworm";
const TOOLS = ["golang-1.19-go", "dpkg-dev", "rsync", "make", "git"];
/** Unpacked, not installed: the installed etcd-server would start a service of its own. */
const UNPACKED = ["etcd-server", "kubernetes-client", "golang-github-modern-go-reflect2-dev"];
const MINUTE_MS = 60_000;

interface Build {
  readonly directory: string;
  readonly apt: Apt;
  readonly logFile: string;
  readonly options: AssetWayOptions;
}

/** etcd and kubectl from Debian 12, kube-apiserver built from Debian's own source package; root only. */
export const debianBuild: AssetWay = {
  name: "build from Debian's source package",
  find: async (options) => {
    await requireDebianRoot();
    const root = cacheRoot();
    const logFile = join(root, "debian-build.log");
    const fill = (scratch: string): Promise<StagedAssets> => build(scratch, logFile, options);
    return { kind: "binaries", assets: await fillCache(root, options, fill) };
  },
};

async function requireDebianRoot(): Promise<void> {
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  if (!/^ID="?debian"?$/m.test(release) || !release.includes(`VERSION_CODENAME=${CODENAME}`)) {
    throw new WayUnavailableError(`this is not Debian 12 (${CODENAME})`);
  }
  if (process.getuid?.() !== 0)
    throw new WayUnavailableError("installing the build tools needs root");
}

async function build(
  directory: string,
  logFile: string,
  options: AssetWayOptions,
): Promise<StagedAssets> {
  await rm(logFile, { force: true });
  const apt = await prepareApt(directory, CODENAME, options.signal);
  const context = { directory, apt, logFile, options };
  const unpacked = await fetchPackages(context);
  const source = await fetchSource(context);
  const kubeApiserver = await buildKubeApiserver({
    ...options,
    source: source.directory,
    version: source.version,
    reflect2: join(unpacked, "usr/share/gocode/src/github.com/modern-go/reflect2"),
    logFile,
  });
  const staged = await stage(directory, {
    etcd: join(unpacked, "usr/bin/etcd"),
    kubectl: join(unpacked, "usr/bin/kubectl"),
    kubeApiserver,
  });
  return { directory: staged, version: source.version };
}

async function fetchPackages({ directory, apt, logFile, options }: Build): Promise<string> {
  const unpacked = join(directory, "unpacked");
  await mkdir(unpacked);
  const step = (name: string, minutes: number) => ({
    ...options,
    step: name,
    logFile,
    deadlineMs: minutes * MINUTE_MS,
  });
  await apt.run(["update"], step("read Debian's package lists", 5), directory);
  await apt.run(
    ["install", "--no-install-recommends", "--no-upgrade", ...TOOLS],
    step("install the build tools", 15),
    directory,
  );
  await apt.run(["download", ...UNPACKED], step("download etcd and kubectl", 10), directory);
  for (const file of await readdir(directory)) {
    if (!file.endsWith(".deb")) continue;
    await runCommand("dpkg-deb", ["-x", file, unpacked], {
      ...step(`unpack ${file}`, 2),
      cwd: directory,
    });
  }
  return unpacked;
}

async function fetchSource({ directory, apt, logFile, options }: Build) {
  await apt.run(
    ["source", "--download-only", "kubernetes"],
    { ...options, step: "download the source of Kubernetes", logFile, deadlineMs: 15 * MINUTE_MS },
    directory,
  );
  const description = (await readdir(directory)).find((file) => file.endsWith(".dsc"));
  if (description === undefined) throw new Error("apt-get source left no .dsc file");
  const version = upstreamVersion(await readFile(join(directory, description), "utf8"));
  await runCommand("dpkg-source", ["-x", description, "source"], {
    ...options,
    step: "unpack the source of Kubernetes",
    logFile,
    deadlineMs: 5 * MINUTE_MS,
    cwd: directory,
  });
  return { directory: join(directory, "source"), version };
}

/** Debian writes a step back as `1.20.5+really1.20.2-1`: what counts is the part after `really`. */
export function upstreamVersion(description: string): string {
  const version = /^Version: (.+)$/m.exec(description)?.[1] ?? "";
  const upstream = /(?:\+really|^(?:\d+:)?)(\d+\.\d+\.\d+)(?!.*\+really)/.exec(version)?.[1];
  if (upstream === undefined) throw new Error(`no version in the source package: "${version}"`);
  return `v${upstream}`;
}

async function stage(directory: string, built: ControlPlaneAssets): Promise<string> {
  const staged = join(directory, "staged");
  await mkdir(staged);
  const files = { etcd: built.etcd, "kube-apiserver": built.kubeApiserver, kubectl: built.kubectl };
  for (const [name, from] of Object.entries(files)) {
    await copyFile(from, join(staged, name));
    await chmod(join(staged, name), 0o755);
  }
  return staged;
}
