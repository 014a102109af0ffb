import { generateKeyPair, randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

export interface ApiServerCredentials {
  readonly adminToken: string;
  readonly tokenFile: string;
  readonly serviceAccountKeyFile: string;
}

/** Writes the admin's token and the service-account key, or takes those an earlier start left in the directory. */
export async function ensureCredentials(directory: string): Promise<ApiServerCredentials> {
  const tokenFile = join(directory, "tokens.csv");
  const serviceAccountKeyFile = join(directory, "service-account.key");
  const token = randomBytes(32).toString("hex");
  await writeOnce(tokenFile, `${token},admin,admin,"system:masters"\n`);
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  await writeOnce(
    serviceAccountKeyFile,
    privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
  );
  const [adminToken = ""] = (await readFile(tokenFile, "utf8")).split(",");
  return { adminToken, tokenFile, serviceAccountKeyFile };
}

async function writeOnce(file: string, content: string): Promise<void> {
  try {
    await writeFile(file, content, { mode: 0o600, flag: "wx" });
  } catch (error) {
    const exists = error instanceof Error && "code" in error && error.code === "EEXIST";
    if (!exists) throw error;
  }
}
