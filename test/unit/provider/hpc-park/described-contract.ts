import { readFileSync } from "node:fs";
import { parse } from "yaml";

const CONTRACT = new URL("../../../../src/contracts/hpc-park.openapi.yaml", import.meta.url);

// oxlint-disable-next-line typescript/no-explicit-any -- a test edits any place of the document
export type Document = any;

/** The contract as the service would describe itself, edited as a test wants it. */
export function described(edit: (document: Document) => void = () => undefined): unknown {
  const document: Document = parse(readFileSync(CONTRACT, "utf8"));
  edit(document);
  return document;
}
