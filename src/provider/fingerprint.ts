import { createHash } from "node:crypto";

const LENGTH = 12;

/** Tells one credential from another and nothing more: the beginning of its SHA-256, in hexadecimal. */
export function fingerprintOf(credential: string): string {
  return createHash("sha256").update(credential).digest("hex").slice(0, LENGTH);
}
