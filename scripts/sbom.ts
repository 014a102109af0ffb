import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeSbom } from "./sbom/write-sbom.ts";

const project = join(import.meta.dirname, "..");
const { values } = parseArgs({
  options: {
    /** Where the bundle goes; the SBOM is put beside it. */
    out: { type: "string", default: join(project, "dist/operator.mjs") },
  },
});
const { file, components } = await writeSbom(project, values.out);
process.stdout.write(`${file}: ${components} components\n`);
