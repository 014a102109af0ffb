import { readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import { ownSourceMap } from "./own-source-map.ts";

/** Packages from before modules ask for `require`, which a module does not have. */
const BANNER = `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`;

/**
 * What Node is given to run the bundle. By itself V8 lets the young generation grow to 16 MiB, three times over, while a long list is read,
 * and seldom gives it back.
 */
export const NODE_ARGUMENTS: readonly string[] = ["--max-semi-space-size=2"];

/** One arena for all threads: what one has freed, another can use. */
export const ENVIRONMENT: Readonly<Record<string, string>> = { MALLOC_ARENA_MAX: "1" };

/** client-node's package says nothing of side effects, so all of its models would come along with the one class that is used. */
const withoutUnused: Plugin = {
  name: "without-unused",
  setup(builder) {
    builder.onResolve({ filter: /./ }, async ({ path, pluginData, ...from }) => {
      const isOfClient =
        path === "@kubernetes/client-node" || from.importer.includes("@kubernetes/client-node");
      if (!isOfClient || pluginData === "resolved") return undefined;
      const { importer, resolveDir, kind } = from;
      const found = await builder.resolve(path, {
        importer,
        resolveDir,
        kind,
        pluginData: "resolved",
      });
      return { ...found, sideEffects: false };
    });
  },
};

/** Of package.json only the version is used; a module of JSON would bring all of it along. */
const versionOnly: Plugin = {
  name: "version-only",
  setup(builder) {
    builder.onLoad({ filter: /[\\/]package\.json$/ }, async ({ path, with: attributes }) => {
      if (attributes["type"] !== "json") return undefined;
      const { version }: { version: string } = JSON.parse(await readFile(path, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};

/** What a program loads by itself, where that is wanted, stays out of its file: V8 keeps the text of a file, whether it runs or not. */
function withoutLater(onLater: (source: string, file: string) => void): Plugin {
  return {
    name: "without-later",
    setup(builder) {
      builder.onResolve({ filter: /\.ts$/ }, ({ path, kind, resolveDir }) => {
        if (kind !== "dynamic-import") return undefined;
        const file = basename(path).replace(/ts$/, "mjs");
        onLater(join(resolveDir, path), file);
        return { path: `./${file}`, external: true };
      });
    },
  };
}

const PROJECT = join(import.meta.dirname, "..");

/**
 * Makes one file of a program and everything it imports, with its source map beside it, and another of what it loads later. Returns what all
 * of them are made of.
 */
export async function bundle(entry: string, outfile: string): Promise<Metafile> {
  const later = new Map<string, string>();
  const { metafile } = await build({
    entryPoints: [entry],
    outfile,
    // What it is made of is named from there, wherever this is started.
    absWorkingDir: PROJECT,
    metafile: true,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    sourcemap: true,
    sourcesContent: false,
    // V8 keeps the text of a program for as long as it runs. Names stay: a stack trace is read without the map, too.
    minifyWhitespace: true,
    minifySyntax: true,
    banner: { js: BANNER },
    plugins: [withoutUnused, versionOnly, withoutLater((source, file) => later.set(file, source))],
    logLevel: "warning",
  });
  const map = `${outfile}.map`;
  await writeFile(map, ownSourceMap(await readFile(map, "utf8")));
  for (const [file, source] of later) {
    const { inputs, outputs } = await bundle(source, join(dirname(outfile), file));
    Object.assign(metafile.inputs, inputs);
    Object.assign(metafile.outputs, outputs);
  }
  return metafile;
}
