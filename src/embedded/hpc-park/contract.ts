import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import type { Live } from "./contract-changes.ts";
import { type Edition, makeEdition } from "./edition.ts";
import { changeEach, isTree, type Tree, treeAt } from "../simulator/json-tree.ts";
import type { StatePath } from "./settings.ts";

const CONTRACT_FILE = new URL("../../contracts/hpc-park.openapi.yaml", import.meta.url);

/** The instruction prints the state path without the slash before the id; the contract allows for both. */
export const STATE_PATHS: Readonly<Record<StatePath, string>> = {
  slash: "/v1/instance/{id}/state/",
  "no-slash": "/v1/instance{id}/state/",
};

export interface Contract {
  /**
   * With both forms of the state path and bodies of any shape: what the server has routes for. Whether a path is there and
   * what a body must be, the edition says.
   */
  readonly everything: object;
  /** The contract as it is live. */
  readonly edition: (live: Live) => Edition;
}

export async function loadContract(): Promise<Contract> {
  const document: unknown = parse(await readFile(CONTRACT_FILE, "utf8"));
  if (!isTree(document)) throw new Error("the contract is no object");
  const { [STATE_PATHS.slash]: state, ...others } = treeAt(document, "paths");
  if (!isTree(state)) throw new Error("the contract lacks the state path");
  const withForms = (...forms: StatePath[]): Tree => {
    const forked = Object.fromEntries(forms.map((form) => [STATE_PATHS[form], state]));
    return { ...document, paths: { ...others, ...forked } };
  };
  let last: { readonly live: Live; readonly edition: Edition } | undefined;
  return {
    everything: withAnyBodies(withForms("slash", "no-slash")),
    edition: (live) => {
      // Each of them is replaced where it changes, so looking at which it is will do.
      if (last === undefined || !isSame(last.live, live)) {
        last = { live, edition: makeEdition(withForms(live.statePath), live) };
      }
      return last.edition;
    },
  };
}

function isSame(one: Live, other: Live): boolean {
  return (
    one.statePath === other.statePath &&
    one.changes === other.changes &&
    one.catalogue === other.catalogue
  );
}

function withAnyBodies(document: Tree): Tree {
  const paths = changeEach(treeAt(document, "paths"), (operations) =>
    changeEach(operations, (operation) =>
      "requestBody" in operation
        ? { ...operation, requestBody: { content: { "application/json": { schema: {} } } } }
        : operation,
    ),
  );
  return { ...document, paths };
}
