import { execFile } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { projectLicenceFaults } from "./audit/project-licences.ts";
import { judgeAdvisories, judgeSignatures, type Verdict } from "./audit/npm-verdicts.ts";

const PROJECT = join(import.meta.dirname, "..");
/** A registry that does not answer is told of, not waited for. */
const NPM_LIMITS = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=20000"];
const NPM_MS = 180_000;
const MARKS = { good: "✓", bad: "✗", "not-checked": "? NOT CHECKED:" } as const;

/** What npm printed, whether it was content or not. */
function npm(...args: readonly string[]): Promise<string> {
  const options = { cwd: PROJECT, timeout: NPM_MS, maxBuffer: 2 ** 26 };
  return new Promise((resolve) => {
    execFile("npm", [...args, "--json", ...NPM_LIMITS], options, (error, stdout) =>
      resolve(stdout.trim() === "" && error !== null ? error.message : stdout),
    );
  });
}

async function licences(): Promise<Verdict> {
  const { count, faults } = await projectLicenceFaults(PROJECT);
  if (faults.length > 0) return { outcome: "bad", lines: [`${faults.length} faults:`, ...faults] };
  return { outcome: "good", lines: [`all ${count} packages are under an allowed licence`] };
}

const { values } = parseArgs({
  options: {
    /** What could not be checked fails as well: for a machine that reaches the registry. */
    "require-all": { type: "boolean", default: false },
  },
});
const checks: readonly (readonly [string, () => Promise<Verdict>])[] = [
  ["licences", licences],
  [
    "signatures",
    async () => judgeSignatures(await npm("audit", "signatures", "--include-attestations")),
  ],
  ["advisories", async () => judgeAdvisories(await npm("audit", "--omit=dev"))],
];
const counts = { good: 0, bad: 0, "not-checked": 0 };
for (const [name, check] of checks) {
  const { outcome, lines } = await check();
  counts[outcome] += 1;
  const [first, ...more] = lines;
  process.stdout.write(`${[`${name}: ${MARKS[outcome]} ${first}`, ...more].join("\n    ")}\n`);
}
const unchecked = counts["not-checked"];
process.stdout.write(`audit: ${counts.good} good, ${counts.bad} bad, ${unchecked} NOT CHECKED\n`);
process.exitCode = counts.bad > 0 || (values["require-all"] && unchecked > 0) ? 1 : 0;
