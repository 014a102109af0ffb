import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseAllDocuments } from "yaml";
import { findExecutable } from "../../src/embedded/control-plane/find-executable.ts";
import { PROJECT } from "../project.ts";
import { chartRenderer } from "./chart-renderer.ts";
import type { Manifest } from "./rendered.ts";

export const CHART = join(PROJECT, "deploy/chart/hpc-park-operator");

/** One rendering that is asked for; what is left out is as deploy/base has it, on a present Kubernetes. */
export interface ChartCase {
  readonly name?: string;
  readonly namespace?: string;
  readonly kubeVersion?: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

export interface Rendering {
  readonly manifests: readonly Manifest[];
  /** Each template's own text, by its path. */
  readonly files: Readonly<Record<string, string>>;
  /** Why nothing was rendered; empty where something was. */
  readonly error: string;
}

interface Result {
  readonly files?: Readonly<Record<string, string>>;
  readonly error?: string;
}

const STANDARD = {
  name: "hpc-park-operator",
  namespace: "hpc-park-operator-system",
  kubeVersion: "1.34.0",
  values: {},
};

const NOTES = "NOTES.txt";

/** Renders a chart once for each case, all of them in one process, as Helm would. */
export async function renderCharts<Name extends string>(
  cases: Readonly<Record<Name, ChartCase>>,
  chart = CHART,
): Promise<Readonly<Record<Name, Rendering>>> {
  const program = await chartRenderer();
  if (program === undefined)
    throw new Error(
      "the chart cannot be rendered here: its renderer is built from Debian's packages, on Debian 12 as root",
    );
  const names = Object.keys(cases);
  const asked = Object.values<ChartCase>(cases).map((one) => Object.assign({}, STANDARD, one));
  const running = promisify(execFile)(program, [], { maxBuffer: 512 * 1024 * 1024 });
  running.child.stdin?.end(JSON.stringify({ chart, cases: asked }));
  const results: readonly Result[] = JSON.parse((await running).stdout);
  const read = readOnce();
  // One result for each case, in the same order.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(
    results.map((result, index) => [names[index], renderingOf(result, read)]),
  ) as Record<Name, Rendering>;
}

/** What the Helm on this machine's path makes of the chart; undefined where there is none. */
export async function renderedByHelm(one: ChartCase): Promise<readonly Manifest[] | undefined> {
  if ((await findExecutable("helm")) === undefined) return undefined;
  const { name, namespace, kubeVersion, values } = { ...STANDARD, ...one };
  const args = ["template", name, CHART, "-n", namespace, "--kube-version", kubeVersion, "-f", "-"];
  const running = promisify(execFile)("helm", args, { maxBuffer: 64 * 1024 * 1024 });
  running.child.stdin?.end(JSON.stringify(values));
  return manifestsIn((await running).stdout);
}

function renderingOf({ files = {}, error = "" }: Result, read: typeof manifestsIn): Rendering {
  const texts = Object.entries(files).filter(([path]) => !path.endsWith(NOTES));
  return { manifests: texts.flatMap(([, text]) => read(text)), files, error };
}

/** Most templates give the same text whatever the values are. */
function readOnce(): typeof manifestsIn {
  const known = new Map<string, readonly Manifest[]>();
  return (text) => {
    const manifests = known.get(text) ?? manifestsIn(text);
    known.set(text, manifests);
    return manifests;
  };
}

/** As kubectl reads it; a key that is there twice is an error. */
function manifestsIn(text: string): readonly Manifest[] {
  return parseAllDocuments(text, { version: "1.1" }).flatMap((document): Manifest[] => {
    const [fault] = document.errors;
    if (fault !== undefined) throw fault;
    const manifest: Manifest | null = document.toJSON();
    return manifest === null ? [] : [manifest];
  });
}
