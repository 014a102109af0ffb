import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import type { StatePath } from "./settings.ts";

const CONTRACT_FILE = new URL("../../contracts/hpc-park.openapi.yaml", import.meta.url);
const METHODS = ["get", "post", "patch", "put", "delete"] as const;

/** The instruction prints the state path without the slash before the id; the contract allows for both. */
export const STATE_PATHS: Readonly<Record<StatePath, string>> = {
  slash: "/v1/instance/{id}/state/",
  "no-slash": "/v1/instance{id}/state/",
};

type Paths = Readonly<Record<string, object>>;

export interface Contract {
  /** With both forms of the state path: what the server has routes for. */
  readonly everything: object;
  /** What `/openapi.json` answers: only the form that is live. */
  describe(statePath: StatePath): object;
  /** The methods of the path in the live form; empty where there is no such path. */
  methodsOf(path: string, statePath: StatePath): readonly string[];
}

export async function loadContract(): Promise<Contract> {
  const document: unknown = parse(await readFile(CONTRACT_FILE, "utf8"));
  if (!hasPaths(document)) throw new Error("the contract has no paths");
  const { [STATE_PATHS.slash]: stateOperation, ...others } = document.paths;
  if (stateOperation === undefined) throw new Error("the contract lacks the state path");
  const pathsFor = (...forms: StatePath[]): Paths => ({
    ...others,
    ...Object.fromEntries(forms.map((form) => [STATE_PATHS[form], stateOperation])),
  });
  const documents = {
    slash: { ...document, paths: pathsFor("slash") },
    "no-slash": { ...document, paths: pathsFor("no-slash") },
  };
  const matchers = {
    slash: matchersOf(documents.slash.paths),
    "no-slash": matchersOf(documents["no-slash"].paths),
  };
  return {
    everything: { ...document, paths: pathsFor("slash", "no-slash") },
    describe: (statePath) => documents[statePath],
    methodsOf: (path, statePath) =>
      matchers[statePath].find(({ pattern }) => pattern.test(path))?.methods ?? [],
  };
}

function hasPaths(document: unknown): document is { readonly paths: Paths } {
  return typeof document === "object" && document !== null && "paths" in document;
}

interface Matcher {
  readonly pattern: RegExp;
  readonly methods: readonly string[];
}

function matchersOf(paths: Paths): Matcher[] {
  return Object.entries(paths).map(([path, operations]) => ({
    pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
    methods: METHODS.filter((method) => method in operations).map((name) => name.toUpperCase()),
  }));
}
