import { describe, expect, it } from "vitest";
import { licenceFaults, type Manifest } from "../../../scripts/audit/licence-faults.ts";
import { lockedPackages } from "../../../scripts/audit/locked-packages.ts";
import { projectLicenceFaults } from "../../../scripts/audit/project-licences.ts";
import { PROJECT } from "../../project.ts";

interface Case {
  readonly reason: string;
  readonly locked?: string;
  readonly installed?: Manifest;
  readonly isTool?: boolean;
  /** What the fault says; none where there is to be none. */
  readonly fault?: string;
}

const CASES: readonly Case[] = [
  { reason: "a permissive licence is allowed", locked: "MIT" },
  { reason: "of a choice, one that is allowed will do", locked: "(GPL-3.0-only OR MIT)" },
  {
    reason: "of licences that hold together, each must be allowed",
    locked: "(MIT AND GPL-3.0-only)",
    fault: "is under (MIT AND GPL-3.0-only)",
  },
  {
    reason: "an exception to a refused licence does not make it allowed",
    locked: "GPL-2.0-only WITH Classpath-exception-2.0",
    fault: "is under GPL-2.0-only",
  },
  {
    reason: "what is shipped is judged more strictly than tools",
    locked: "MPL-2.0",
    fault: "which nothing that is shipped may be",
  },
  { reason: "a tool is only run", locked: "MPL-2.0", isTool: true },
  {
    reason: "a tool has its list, too",
    locked: "AGPL-3.0-only",
    isTool: true,
    fault: "which no tool here may be",
  },
  { reason: "no licence at all is a fault", fault: "names no licence" },
  { reason: "no licence where it is installed either", installed: {}, fault: "names no licence" },
  {
    reason: "the lockfile knows only SPDX; the package itself says it",
    installed: { license: "MIT" },
  },
  { reason: "older packages have a list", installed: { licenses: [{ type: "MIT" }] } },
  {
    reason: "of such a list one may choose",
    installed: { licenses: [{ type: "GPL" }, "MIT"] },
    fault: "is under GPL OR MIT",
  },
  {
    reason: "the package itself says something else than the lockfile",
    locked: "MIT",
    installed: { license: "GPL-3.0-only" },
    fault: "is under GPL-3.0-only",
  },
  {
    reason: "words are no licence",
    locked: "SEE LICENSE IN LICENSE.txt",
    fault: "is under SEE LICENSE IN LICENSE.txt",
  },
  { reason: "not for others to use", locked: "UNLICENSED", fault: "is under UNLICENSED" },
];

describe("licenceFaults", () => {
  it.each(CASES)("$reason", ({ locked, installed, isTool = false, fault }) => {
    const [one] = lockedPackages(lockfileWith({ license: locked, dev: isTool }));
    if (one === undefined) throw new Error("the lockfile has no package");

    const faults = licenceFaults([one], () => installed);

    if (fault === undefined) expect(faults).toEqual([]);
    else
      expect(faults).toEqual([
        expect.stringMatching(/^@scope\/thing@1\.2\.3 .*: take another package, or read its/),
      ]);
    expect(faults.join()).toContain(fault ?? "");
  });
});

describe("lockedPackages", () => {
  it("calls an alias by the name of the package behind it, and leaves out the project", () => {
    const lockfile = lockfileWith({ name: "real", license: "MIT" });

    expect(lockedPackages(lockfile).map(({ name }) => name)).toEqual(["real"]);
  });
});

describe("the licences of the project", () => {
  it("are all allowed: of what is shipped, of the tools, and of what the bench compares with", async () => {
    const { count, faults } = await projectLicenceFaults(PROJECT);

    expect(faults).toEqual([]);
    expect(count).toBeGreaterThan(100);
  });
});

function lockfileWith(entry: object): string {
  const path = "node_modules/outer/node_modules/@scope/thing";
  return JSON.stringify({ packages: { "": {}, [path]: { version: "1.2.3", ...entry } } });
}
