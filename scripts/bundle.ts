import { build } from "esbuild";

/** Packages from before modules ask for `require`, which a module does not have. */
const BANNER = `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`;

/** Makes one file of a program and everything it imports, with its source map beside it. */
export async function bundle(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    sourcemap: true,
    banner: { js: BANNER },
    logLevel: "warning",
  });
}
