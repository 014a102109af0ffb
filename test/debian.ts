import { readFile } from "node:fs/promises";

export const CODENAME = "bookworm";

/** Whether Debian 12's own packages can be had here. */
export async function isDebianRoot(): Promise<boolean> {
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  return release.includes(`VERSION_CODENAME=${CODENAME}`) && process.getuid?.() === 0;
}
