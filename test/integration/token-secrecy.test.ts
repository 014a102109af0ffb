import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { parse, stringify } from "yaml";
import { startOperator } from "../operator-process.ts";
import { Lab } from "./lab.ts";

/** As HPC Park makes them: 43 characters of base64url. */
const CANARY = "cAnArY7f3a9c51d2e84b60af17c3d5e9b82746tOkEn";
/** As much of it as must stand nowhere. */
const TRACE = CANARY.slice(10, 30);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "secrecy-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** The kubeconfig of the tests, except that a plugin fetches the token, and notes what it was given. */
async function kubeconfigWithPlugin(notes: string): Promise<string> {
  const config = parse(await readFile(inject("controlPlane").kubeconfigPath, "utf8"));
  const [user] = config.users;
  const apiVersion = "client.authentication.k8s.io/v1";
  const credential = { apiVersion, kind: "ExecCredential", status: { token: user.user.token } };
  const plugin = join(folder, "plugin.mjs");
  await writeFile(
    plugin,
    `import { writeFileSync } from "node:fs";
writeFileSync(${JSON.stringify(notes)}, JSON.stringify(process.env));
process.stdout.write(${JSON.stringify(JSON.stringify(credential))});`,
  );
  const exec = { apiVersion, command: process.execPath, args: [plugin], interactiveMode: "Never" };
  const file = join(folder, "kubeconfig");
  await writeFile(file, stringify({ ...config, users: [{ name: user.name, user: { exec } }] }), {
    mode: 0o600,
  });
  return file;
}

describe("the token", () => {
  let lab: Lab;
  let notes: string;
  beforeAll(async () => {
    notes = join(folder, "plugin-environment");
    const kubeconfig = await kubeconfigWithPlugin(notes);
    lab = await Lab.start({ token: CANARY }, { LOG_LEVEL: "trace", KUBECONFIG: kubeconfig });
  });
  afterAll(() => lab.stop());

  it("is in no log, event, status or metric, though it is echoed in any way", async () => {
    const echoes = [CANARY, `Bearer ${CANARY}`, Buffer.from(CANARY).toString("base64")];
    for (const echo of echoes) {
      lab.simulator.faults.add({
        match: { method: "POST", times: 1 },
        effect: { kind: "status", status: 409, body: { detail: `told ${echo}` } },
      });
    }
    await lab.applyInstance("echoed");
    await lab.untilReady("hpci/echoed");
    const metrics = await fetch(`${lab.operator.healthUrl()}/metrics`);
    const everything = [
      await lab.kubectl.run("get", "hpci,hpcs,events,secrets,configmaps", "-o", "yaml"),
      await metrics.text(),
      lab.operator.log(),
    ].join("\n");

    expect(everything).toContain("told [hidden]");
    expect(everything).not.toContain(TRACE);
    expect(everything).not.toContain(Buffer.from(CANARY).toString("base64").slice(8, 30));
  });

  it("is in no command line and no environment where it comes from a file", async () => {
    const ours = `/proc/${lab.operator.pid}`;
    const plugin = await readFile(notes, "utf8");
    const shown = await Promise.all(
      ["cmdline", "environ"].map((name) => readFile(join(ours, name), "utf8")),
    );
    expect(plugin).toContain("PATH");
    expect([...shown, plugin].join("\n")).not.toContain(TRACE);
  });

  it("is not handed to the kubeconfig's plugin where it comes from the environment", async () => {
    const environment = { HPC_PARK_TOKEN_FILE: "", HPC_PARK_TOKEN: CANARY };
    const other = await startOperator({ ...lab.environment, ...environment });
    const command = await readFile(`/proc/${other.pid}/cmdline`, "utf8");
    const log = other.log();
    await other.end("SIGTERM");

    expect(`${command}\n${log}`).not.toContain(TRACE);
    expect(await readFile(notes, "utf8")).not.toContain(TRACE);
  });

  it("is not printed where its file cannot be understood", async () => {
    await writeFile(lab.tokenFile, `${CANARY}\n${CANARY} \u001B[2J`);
    await lab.applyInstance("garbled");
    const { message } = await lab.untilReason("hpci/garbled", "Synced", "Unauthorized");
    await writeFile(lab.tokenFile, CANARY, { mode: 0o600 });
    await lab.untilReady("hpci/garbled");

    expect(message).toContain("holds a space, a line break");
    expect(`${message}\n${lab.operator.log()}`).not.toContain(TRACE);
  });

  it("cannot be had by a signal: SIGUSR2 writes no heap", async () => {
    const other = await startOperator(lab.environment);
    expect(await other.end("SIGUSR2")).toBe("SIGUSR2");
    const files = await readdir(process.cwd());
    expect(files.filter((name) => /heapsnapshot|^report\./.test(name))).toEqual([]);
    expect(other.log()).not.toContain(TRACE);
  });
});
