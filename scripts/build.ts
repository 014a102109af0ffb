import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const outfile = `${root}dist/operator.mjs`;

await bundle(`${root}src/main.ts`, outfile);
const { size } = await stat(outfile);
process.stdout.write(`dist/operator.mjs: ${(size / 2 ** 20).toFixed(1)} MiB\n`);
