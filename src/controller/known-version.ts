import { KubeError } from "../kube/errors.ts";
import { keyOf, type KubeObject } from "../kube/kube-object.ts";
import { compareResourceVersions } from "../kube/resource-version.ts";

/** How new the copies of an object are that the cache hands out, compared with what this process has written itself. */
export class KnownVersion {
  /** Nobody heard what became of our last write, so the object must be read anew, past every cache. */
  isInDoubt = false;
  /** The version that our finalizer was taken off: a copy of it is what was, for what left has no newer one. */
  releasedVersion: string | undefined;
  #written: string | undefined;

  /** Remembers our own write, so that an older copy from the cache is recognised; and where nobody answered, that it may have been done. */
  async writing(write: Promise<KubeObject>, ownWrites: Map<string, string>): Promise<void> {
    try {
      const written = await write;
      this.readAnew(written);
      ownWrites.set(keyOf(written), written.metadata.resourceVersion);
    } catch (error) {
      this.isInDoubt ||= !isRefused(error);
      throw error;
    }
  }

  /** The object as the API server itself shows it: what the cache has may be older. */
  readAnew({ metadata }: KubeObject): void {
    this.isInDoubt = false;
    this.#written = metadata.resourceVersion;
  }

  /** Our own last write is no longer part of history: the API server's store was put back. */
  forgetWrites(): void {
    this.#written = undefined;
    this.releasedVersion = undefined;
  }

  /** The newer of a copy's version and of our own last write. */
  latest(resourceVersion: string): string {
    return this.isOutdated(resourceVersion) ? (this.#written ?? resourceVersion) : resourceVersion;
  }

  /** Whether a copy from the cache is older than our own last write of it. */
  isOutdated(resourceVersion: string): boolean {
    if (resourceVersion === this.releasedVersion) return true;
    if (this.#written === undefined) return false;
    const order = compareResourceVersions(resourceVersion, this.#written);
    return order !== undefined && order < 0;
  }
}

/** Certain that nothing was written. */
export function isRefused(error: unknown): boolean {
  return error instanceof KubeError && error.kind !== "unavailable";
}
