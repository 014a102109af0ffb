import { copyFile, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { prepareApt } from "../../src/embedded/control-plane/apt.ts";
import { cacheRoot } from "../../src/embedded/control-plane/cache-directory.ts";
import { withCacheLock } from "../../src/embedded/control-plane/cache-lock.ts";
import { isExecutable } from "../../src/embedded/control-plane/control-plane-assets.ts";
import { findExecutable } from "../../src/embedded/control-plane/find-executable.ts";
import { runCommand } from "../../src/embedded/control-plane/run-command.ts";
import { CODENAME, isDebianRoot } from "../debian.ts";

export interface PrometheusTools {
  readonly prometheus: string;
  readonly promtool: string;
}

const MINUTE_MS = 60_000;

/**
 * Prometheus and promtool: those of PATH, of the cache, or out of Debian's package, which is unpacked and not installed, for it would start
 * a service. Undefined where none of that is to be had: then what they would check is left out, and that is said.
 */
export async function prometheusTools(): Promise<PrometheusTools | undefined> {
  const onPath = await toolsOf((name) => findExecutable(name));
  if (onPath !== undefined) return onPath;
  const root = join(cacheRoot(), "..", "prometheus");
  const cached = (): Promise<PrometheusTools | undefined> =>
    toolsOf(async (name) =>
      (await isExecutable(join(root, name))) ? join(root, name) : undefined,
    );
  const known = await cached();
  if (known !== undefined) return known;
  if (!(await isDebianRoot()))
    return warn("it is in neither PATH nor cache, and this is no Debian 12 with a root");
  try {
    return await withCacheLock(root, { deadlineMs: 10 * MINUTE_MS }, async () => {
      if ((await cached()) === undefined) await unpack(root);
      return cached();
    });
  } catch (error) {
    return warn(String(error));
  }
}

async function unpack(root: string): Promise<void> {
  const directory = await mkdtemp(join(root, "unpack-"));
  const logFile = join(root, "unpack.log");
  const step = (name: string) => ({ step: name, logFile, deadlineMs: 5 * MINUTE_MS });
  try {
    const apt = await prepareApt(directory, CODENAME);
    await apt.run(["update"], step("read Debian's package lists"), directory);
    await apt.run(["download", "prometheus"], step("download Prometheus"), directory);
    const file = (await readdir(directory)).find((name) => name.endsWith(".deb")) ?? "";
    await mkdir(join(directory, "files"));
    await runCommand("dpkg-deb", ["-x", file, "files"], { ...step("unpack it"), cwd: directory });
    for (const name of ["prometheus", "promtool"]) {
      await copyFile(join(directory, "files/usr/bin", name), join(directory, name));
      await rename(join(directory, name), join(root, name));
    }
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function toolsOf(
  find: (name: string) => Promise<string | undefined>,
): Promise<PrometheusTools | undefined> {
  const [prometheus, promtool] = [await find("prometheus"), await find("promtool")];
  return prometheus === undefined || promtool === undefined ? undefined : { prometheus, promtool };
}

function warn(why: string): undefined {
  process.stderr.write(`without Prometheus, so the alerts are not tried: ${why}\n`);
}
