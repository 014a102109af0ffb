import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

interface CacheLockOptions {
  readonly deadlineMs: number;
  readonly onProgress?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const POLL_MS = 500;
const PROGRESS_EVERY_POLLS = 20;
/** A holder writes its pid right after it made the directory; older than this without a pid, it died in between. */
const PID_GRACE_MS = 5_000;
/** Two that find a dead holder at once may each remove the lock, the later one a fresh lock: look again before work. */
const SETTLE_MS = 100;

/** Runs `work` while no other process holds the lock; a lock whose holder is dead is taken over. */
export async function withCacheLock<T>(
  root: string,
  options: CacheLockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const lock = join(root, ".lock");
  await mkdir(root, { recursive: true });
  await acquire(lock, options);
  try {
    return await work();
  } finally {
    if ((await holderOf(lock)) === process.pid) await rm(lock, { recursive: true, force: true });
  }
}

async function acquire(lock: string, options: CacheLockOptions): Promise<void> {
  const polls = Math.ceil(options.deadlineMs / POLL_MS);
  for (let poll = 0; poll <= polls; poll += 1) {
    options.signal?.throwIfAborted();
    if (await tryAcquire(lock)) {
      await delay(SETTLE_MS);
      if ((await holderOf(lock)) === process.pid) return;
      continue;
    }
    const holder = await holderOf(lock);
    if (holder === "dead") {
      await rm(lock, { recursive: true, force: true });
      continue;
    }
    if (poll % PROGRESS_EVERY_POLLS === 0) {
      options.onProgress?.(`waiting for process ${holder}, which prepares the control plane`);
    }
    await delay(POLL_MS, undefined, options.signal ? { signal: options.signal } : {});
  }
  throw new Error(`${lock} is held for longer than ${options.deadlineMs / 1000} s`);
}

async function tryAcquire(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  }
  await writeFile(join(lock, "pid"), String(process.pid));
  return true;
}

async function holderOf(lock: string): Promise<number | "unknown" | "dead"> {
  try {
    const pid = Number(await readFile(join(lock, "pid"), "utf8"));
    if (Number.isInteger(pid) && pid > 0) return isAlive(pid) ? pid : "dead";
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error;
  }
  const made = await stat(lock).catch(() => undefined);
  return made && Date.now() - made.mtimeMs > PID_GRACE_MS ? "dead" : "unknown";
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return isCode(error, "EPERM");
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
