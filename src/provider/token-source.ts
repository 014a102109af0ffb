import { readFile } from "node:fs/promises";
import { ProviderError } from "./errors.ts";

/** How long a token that was read is used before the file is looked at again, in milliseconds. */
const REREAD_AFTER_MS = 1_000;

export type TokenSource = () => Promise<string>;

export function fixedToken(token: string): TokenSource {
  return async () => checked(token, "HPC_PARK_TOKEN");
}

/**
 * Reads the token anew when its file changes. The content is read, not the file's time: a mounted Secret changes by swapping
 * symbolic links.
 *
 * @param now Monotonic milliseconds.
 */
export function tokenFromFile(path: string, now: () => number): TokenSource {
  let readAtMs = -Infinity;
  let reading: Promise<string> | undefined;
  return () => {
    if (reading !== undefined && now() - readAtMs < REREAD_AFTER_MS) return reading;
    readAtMs = now();
    reading = readToken(path);
    return reading;
  };
}

async function readToken(path: string): Promise<string> {
  try {
    return checked(await readFile(path, "utf8"), path);
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    throw new ProviderError("unauthorized", `the token file ${path} cannot be read`);
  }
}

function checked(text: string, where: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  const fault =
    token === "" ? "is empty" : "holds a space, a line break or a character that no token has";
  throw new ProviderError("unauthorized", `the token in ${where} ${fault}`);
}
