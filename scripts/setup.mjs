// Makes a fresh clone ready for every npm script: plain JavaScript that runs on Node 20 and needs nothing installed.
// The scripts themselves run on the Node version that the lockfile pins; it comes with the dependencies.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const lockfile = `${root}package-lock.json`;
const stamp = `${root}node_modules/.setup`;

const wanted = createHash("sha256").update(readFileSync(lockfile)).digest("hex");
if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
  process.stderr.write("installing the dependencies that the lockfile names (npm ci) …\n");
  const started = Date.now();
  const { status } = spawnSync(
    "npm",
    ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
    { cwd: root, stdio: ["ignore", "inherit", "inherit"] },
  );
  if (status !== 0) {
    process.stderr.write("npm ci failed; what it printed above says why\n");
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
  process.stderr.write(`installed in ${Math.round((Date.now() - started) / 1000)} s\n`);
}
