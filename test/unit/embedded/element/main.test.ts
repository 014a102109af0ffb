import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { basic, TOKEN_PATH } from "./panel-client.ts";

const MAIN = fileURLToPath(new URL("../../../../src/embedded/element/main.ts", import.meta.url));

/** A process of its own takes its time to start on a busy machine. */
const START_MS = 30_000;

async function signIn(url: string, clientId: string, clientSecret: string): Promise<number> {
  const authorization = basic({ clientId, clientSecret });
  const headers = { authorization, "content-type": "application/x-www-form-urlencoded" };
  const body = "grant_type=client_credentials";
  return (await fetch(`${url}${TOKEN_PATH}`, { method: "POST", headers, body })).status;
}

describe("the Element simulator's own process", { timeout: START_MS }, () => {
  it("says where it is and who may sign in, and ends on SIGTERM", async () => {
    const child = spawn(process.execPath, [MAIN, "--port", "0"]);
    try {
      const exit = once(child, "exit");
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      const said: string[] = [];
      while (said.length < 3) said.push(String((await lines.next()).value));
      const [url = "", clientId = "", secret = ""] = said.map((line) => line.split(" ").at(-1));
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(await signIn(url, clientId, secret)).toBe(200);
      child.kill("SIGTERM");
      expect(await exit).toEqual([0, null]);
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("writes the secret into a file instead where it is told to", async () => {
    const directory = await mkdtemp(join(tmpdir(), "simulator-"));
    const file = join(directory, "secret");
    const given = ["--client-id", "me", "--client-secret", "hush", "--client-secret-file", file];
    const child = spawn(process.execPath, [MAIN, ...given]);
    try {
      let said = "";
      child.stdout.on("data", (chunk: Buffer) => {
        said += chunk.toString("utf8");
      });
      await once(createInterface({ input: child.stdout }), "line");
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? "";
      expect(await readFile(file, "utf8")).toBe("hush");
      expect(await signIn(url, "me", "hush")).toBe(200);
      expect(said).not.toContain("hush");
    } finally {
      child.kill("SIGKILL");
      await rm(directory, { recursive: true });
    }
  });

  it("refuses a port that is none", async () => {
    const run = promisify(execFile)(process.execPath, [MAIN, "--port", "x"]);
    await expect(run).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining("usage:") });
  });
});
