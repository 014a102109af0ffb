import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const MAIN = fileURLToPath(new URL("../../../../src/embedded/hpc-park/main.ts", import.meta.url));

describe("the simulator's own process", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("says where it is and ends on %s", async (signal) => {
    const directory = await mkdtemp(join(tmpdir(), "simulator-"));
    const tokenFile = join(directory, "token");
    const child = spawn(process.execPath, [MAIN, "--port", "0", "--token-file", tokenFile]);
    try {
      const exit = once(child, "exit");
      const [line] = await once(createInterface({ input: child.stdout }), "line");
      const url = /http:\/\/127\.0\.0\.1:\d+$/.exec(String(line))?.[0];
      const token = await readFile(tokenFile, "utf8");
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(`${url}/v1/instance`, { headers });
      expect([response.status, await response.json()]).toEqual([200, []]);
      child.kill(signal);
      expect(await exit).toEqual([0, null]);
    } finally {
      child.kill("SIGKILL");
      await rm(directory, { recursive: true });
    }
  });

  it("takes and writes down a master token as well", async () => {
    const directory = await mkdtemp(join(tmpdir(), "simulator-"));
    const file = join(directory, "master");
    const given = ["--master-token", "a-master-token", "--master-token-file", file];
    const child = spawn(process.execPath, [MAIN, ...given]);
    try {
      const [line] = await once(createInterface({ input: child.stdout }), "line");
      const url = /http:\/\/127\.0\.0\.1:\d+$/.exec(String(line))?.[0];
      expect(await readFile(file, "utf8")).toBe("a-master-token");
      const headers = { authorization: "Bearer a-master-token" };
      const response = await fetch(`${url}/v1/token`, { headers });
      expect(await response.json()).toMatchObject([
        { name: "ordinary", master: false },
        { name: "master", master: true, current: true },
      ]);
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
