import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PROJECT } from "../project.ts";
import { ElementLab } from "./element-lab.ts";

describe("the doctor, of Element consoles", () => {
  let lab: ElementLab;
  beforeAll(async () => {
    lab = await ElementLab.start();
    await lab.applyClient("wrong", { clientId: "nobody", clientSecret: "wrong-secret-value" });
    await lab.applyConsole("closed", { clientSecretRef: { name: "wrong" } });
    await lab.applyConsole("empty", { clientSecretRef: { name: "nowhere" } });
    await lab.applyConsole("elsewhere", { url: "https://panel.example" });
  });
  afterAll(() => lab.stop());

  async function doctor(): Promise<string> {
    const env = { PATH: process.env["PATH"], ...lab.environment };
    const args = [join(PROJECT, "src/main.ts"), "doctor"];
    // It ends with 1 where there is a fault, which is an error to execFile.
    return promisify(execFile)(process.execPath, args, { env }).then(
      ({ stdout }) => stdout,
      (error: { stdout: string }) => error.stdout,
    );
  }

  it("says which of them work, and what to do about the others", async () => {
    const said = await doctor();

    expect(said).toMatch(
      /console \S+\/main\n {2}.*not protected|✓ .*answers: the panel takes the client of/,
    );
    expect(said).toMatch(/closed\n(?: .*\n)* {2}✗ the client is not taken/);
    expect(said).toMatch(/empty\n(?: .*\n)* {2}✗ Secret "nowhere"/);
    expect(said).toContain("https://panel.example is not a server that the operator may use");
    expect(said).not.toContain(lab.simulator.clientSecret);
    expect(said).not.toContain("wrong-secret-value");
  });

  it("asks for no HPC Park token where the operator has nothing to do with it", async () => {
    expect(await doctor()).not.toContain("HPC_PARK_TOKEN");
  });
});
