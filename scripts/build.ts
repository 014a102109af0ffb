import { glob, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
await bundle(`${root}src/main.ts`, `${root}dist/operator.mjs`);
for await (const file of glob("dist/*.mjs", { cwd: root })) {
  const { size } = await stat(`${root}${file}`);
  process.stdout.write(`${file}: ${(size / 2 ** 20).toFixed(1)} MiB\n`);
}
