import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lockedPackages } from "../../../scripts/audit/locked-packages.ts";
import { completeSbom, type Sbom } from "../../../scripts/sbom/complete-sbom.ts";
import { PROJECT } from "../../project.ts";

/** A bundle each time, on a machine that may be busy with others. */
const MAKING_MS = 60_000;

describe("the SBOM of the project", { timeout: MAKING_MS }, () => {
  let folder: string;
  let text: string;
  let sbom: Sbom;

  /** As `npm run sbom` does. */
  async function made(name: string): Promise<string> {
    const args = [join(PROJECT, "scripts/sbom.ts"), "--out", join(folder, name, "operator.mjs")];
    await promisify(execFile)(process.execPath, args, { env: { PATH: process.env["PATH"] } });
    return readFile(join(folder, name, "operator.cdx.json"), "utf8");
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sbom-test-"));
    text = await made("first");
    sbom = JSON.parse(text);
  }, MAKING_MS);
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it("is what CycloneDX's own schema allows", async () => {
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);

    expect(await validator.validate(text)).toBeNull();
    expect(await validator.validate(text.replace('"SHA-512"', '"SHA-0"'))).not.toBeNull();
  });

  it("names what the bundle is made of, each with its licence and the checksum of the lockfile", async () => {
    const { dependencies } = JSON.parse(await readFile(join(PROJECT, "package.json"), "utf8"));
    const lockfile = await readFile(join(PROJECT, "package-lock.json"), "utf8");
    const got = lockedPackages(lockfile).find(({ path }) => path === "node_modules/got");

    const purls = sbom.components.map(({ purl = "" }) => purl.replace(/@[^@]*$/, ""));
    const wanted = Object.keys(dependencies).map((name) => `pkg:npm/${name.replace("@", "%40")}`);
    expect(purls).toEqual(expect.arrayContaining(wanted));
    expect(purls).not.toContain("pkg:npm/fastify");
    const [hash] = sbom.components.find(({ name }) => name === "got")?.hashes ?? [];
    expect(hash?.alg).toBe("SHA-512");
    expect(`sha512-${Buffer.from(hash?.content ?? "", "hex").toString("base64")}`).toBe(
      got?.integrity,
    );
    for (const one of sbom.components) expect(one).toHaveProperty("licenses");
  });

  it("says which Node runs it, and that the operator depends on it", () => {
    const node = sbom.components.find(({ name }) => name === "node");
    const { component } = sbom.metadata;
    const root = sbom.dependencies.find(({ ref }) => ref === component["bom-ref"]);

    expect(node).toMatchObject({ type: "platform", version: process.versions.node });
    expect(root?.dependsOn).toContain(node?.["bom-ref"]);
    expect(component.purl).toMatch(/^pkg:generic\/hpc-park-operator@/);
  });

  it("is the same wherever and whenever it is made", async () => {
    expect(await made("again")).toBe(text);
    expect(text).not.toContain(folder);
    expect(text).not.toContain(PROJECT);
    expect(text).not.toMatch(/"timestamp"|"serialNumber"/);
  });

  it("names no registry", () => {
    expect(text).not.toMatch(/registry\.|npmjs/);
  });
});

describe("completeSbom", () => {
  const root = { name: "operator", version: "1.0.0", "bom-ref": "operator" };
  const component = { group: "@scope", name: "thing", version: "1.2.3", "bom-ref": "thing" };
  const bundled: Sbom = {
    metadata: { component: root },
    components: [component],
    dependencies: [],
  };
  const locked = {
    path: "node_modules/@scope/thing",
    name: "@scope/thing",
    version: "1.2.3",
    isTool: false,
    licence: "MIT",
    integrity: "sha512-AQI=",
  };
  const facts = { locked: [locked], nodeVersion: "24.0.0", sourceDateEpoch: undefined };

  it("takes the checksum from the lockfile, and names the package as others do", () => {
    expect(completeSbom(bundled, facts).components[0]).toMatchObject({
      purl: "pkg:npm/%40scope/thing@1.2.3",
      hashes: [{ alg: "SHA-512", content: "0102" }],
    });
  });

  it.each([
    ["of another version", { version: "1.2.4" }, "the lockfile has no checksum"],
    ["without a checksum", { integrity: undefined }, "the lockfile has no checksum"],
    ["that is a tool", { isTool: true }, "has it as a tool"],
  ])("refuses a package %s", (_what, change, reason) => {
    const changed = { ...facts, locked: [{ ...locked, ...change }] };

    expect(() => completeSbom(bundled, changed)).toThrow(`@scope/thing@1.2.3 is in the bundle`);
    expect(() => completeSbom(bundled, changed)).toThrow(reason);
  });

  it("bears the time of the source where that is given", () => {
    const sbom = completeSbom(bundled, { ...facts, sourceDateEpoch: "86400" });

    expect(sbom.metadata).toHaveProperty("timestamp", "1970-01-02T00:00:00.000Z");
  });
});
