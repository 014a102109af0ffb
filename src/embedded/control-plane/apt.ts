import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { WayUnavailableError } from "./asset-way.ts";
import { readCommand, runCommand, type RunCommandOptions } from "./run-command.ts";

type AptRunOptions = Omit<RunCommandOptions, "cwd" | "env">;

/** apt-get over package lists of its own, so that the machine's configuration and lists stay as they are. */
export interface Apt {
  run(args: readonly string[], options: AptRunOptions, cwd: string): Promise<void>;
}

const DEBIAN_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** Derives the sources from the machine's own, whatever form they have, and adds the source packages of the release. */
export async function prepareApt(
  directory: string,
  codename: string,
  signal?: AbortSignal,
): Promise<Apt> {
  const lists = join(directory, "lists");
  const sources = join(directory, "sources.list");
  await mkdir(join(lists, "partial"), { recursive: true });
  // The archive address may hold a credential.
  await writeFile(sources, await sourceLines(codename, signal), { mode: 0o600 });
  const settings = [
    `Dir::Etc::SourceList=${sources}`,
    "Dir::Etc::SourceParts=-",
    `Dir::State::Lists=${lists}`,
    "Dir::Cache::pkgcache=",
    "Dir::Cache::srcpkgcache=",
    // The lists lie in a directory that only root can enter.
    "APT::Sandbox::User=root",
    "Acquire::http::Timeout=20",
    "Acquire::https::Timeout=20",
    "Acquire::Retries=2",
    "DPkg::Lock::Timeout=120",
  ].flatMap((setting) => ["-o", setting]);
  return {
    run: (args, options, cwd) =>
      runCommand("apt-get", [...settings, "--yes", ...args], {
        ...options,
        cwd,
        env: { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
      }),
  };
}

async function sourceLines(codename: string, signal?: AbortSignal): Promise<string> {
  const format = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)";
  const output = await readCommand(
    "apt-get",
    ["indextargets", "--format", format, "Created-By: Packages"],
    signal,
  );
  const signedBy = existsSync(DEBIAN_KEYRING) ? `[signed-by=${DEBIAN_KEYRING}] ` : "";
  const releases = new Set([codename, `${codename}-updates`, `${codename}-security`]);
  const lines = new Set<string>();
  for (const line of output.split("\n")) {
    const [uri, release, component] = line.split("|");
    if (!uri || !release || component !== "main" || !releases.has(release)) continue;
    lines.add(`deb ${signedBy}${uri} ${release} main`);
    if (release === codename) lines.add(`deb-src ${signedBy}${uri} ${release} main`);
  }
  if (![...lines].some((line) => line.startsWith("deb-src"))) {
    throw new WayUnavailableError(`apt has no source for Debian ${codename} main`);
  }
  return `${[...lines].join("\n")}\n`;
}
