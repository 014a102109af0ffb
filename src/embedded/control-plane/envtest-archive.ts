import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import got from "got";
import { type AssetWay, type AssetWayOptions, WayUnavailableError } from "./asset-way.ts";
import { cacheRoot } from "./cache-directory.ts";
import type { ControlPlaneAssets } from "./control-plane-assets.ts";
import { type EnvtestArchive, chooseArchive } from "./envtest-index.ts";
import { fillCache } from "./fill-cache.ts";
import { runCommand } from "./run-command.ts";

const INDEX_URL =
  "https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/HEAD/envtest-releases.yaml";
const VERSION = "v1.36.2";
/** A machine without the network must get on to the next way at once. */
const CONNECT_TIMEOUT_MS = 3_000;
const INDEX_DEADLINE_MS = 10_000;
const DOWNLOAD_DEADLINE_MS = 15 * 60_000;
/** The archives are about 100 MB. */
const MAX_ARCHIVE_BYTES = 1024 ** 3;
const PROGRESS_EVERY_MS = 10_000;

const request = got.extend({
  retry: { limit: 0 },
  timeout: {
    lookup: CONNECT_TIMEOUT_MS,
    connect: CONNECT_TIMEOUT_MS,
    secureConnect: CONNECT_TIMEOUT_MS,
    response: INDEX_DEADLINE_MS,
    socket: 30_000,
  },
});

/** The official binaries of the envtest releases, refused unless their SHA-512 is the one in the release index. */
export const envtestArchive: AssetWay = {
  name: "envtest archive",
  find: async (options) => ({
    kind: "binaries",
    assets: await downloadEnvtest(INDEX_URL, cacheRoot(), options),
  }),
};

export async function downloadEnvtest(
  indexUrl: string,
  root: string,
  options: AssetWayOptions,
): Promise<ControlPlaneAssets> {
  const archive = chooseArchive(await fetchIndex(indexUrl, options), VERSION);
  return fillCache(root, options, async (scratch) => {
    const file = join(scratch, "envtest.tar.gz");
    const actual = await download(archive, file, options);
    if (actual !== archive.sha512) {
      throw new WayUnavailableError(`the checksum of ${archive.url} is wrong: SHA-512 ${actual}`);
    }
    const directory = join(scratch, "staged");
    await mkdir(directory);
    // The archive holds controller-tools/envtest/<binary>.
    await runCommand("tar", ["-xzf", file, "-C", directory, "--strip-components=2"], {
      ...options,
      step: "unpack the envtest archive",
      logFile: join(scratch, "tar.log"),
      deadlineMs: 120_000,
    });
    return { directory, version: archive.version };
  });
}

async function fetchIndex(indexUrl: string, options: AssetWayOptions): Promise<string> {
  try {
    return await request(indexUrl, {
      timeout: { request: INDEX_DEADLINE_MS },
      ...(options.signal && { signal: options.signal }),
    }).text();
  } catch (error) {
    options.signal?.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new WayUnavailableError(`the release index cannot be read: ${reason}`);
  }
}

/** Writes the archive to the file and returns its SHA-512. */
async function download(
  archive: EnvtestArchive,
  file: string,
  options: AssetWayOptions,
): Promise<string> {
  options.onProgress?.(`download envtest ${archive.version}`);
  const hash = createHash("sha512");
  let bytes = 0;
  const measured = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      done(bytes > MAX_ARCHIVE_BYTES ? new Error("the archive is too big") : null, chunk);
    },
  });
  const ticker = setInterval(() => {
    options.onProgress?.(`download envtest ${archive.version}: ${Math.round(bytes / 1e6)} MB`);
  }, PROGRESS_EVERY_MS);
  const deadline = AbortSignal.timeout(DOWNLOAD_DEADLINE_MS);
  const signal = options.signal ? AbortSignal.any([deadline, options.signal]) : deadline;
  try {
    await pipeline(request.stream(archive.url), measured, createWriteStream(file), { signal });
  } finally {
    clearInterval(ticker);
  }
  return hash.digest("hex");
}
