import { groupPath, type History } from "./history.ts";

/**
 * Where the recorder may have missed something, and objects that the operator wrote and the recorder never saw: what is judged by
 * revisions would be judged by half of them.
 */
export function unrecorded({ revisions, exchanges, holes, reading }: History): string[] {
  const seen = new Set(revisions.map(({ object }) => object.metadata.name));
  const written = exchanges
    .filter(
      ({ method, path, status }) =>
        method === "PATCH" && status === 200 && path.startsWith(groupPath(reading)),
    )
    .map(({ path }) => /\/namespaces\/[^/]+\/[a-z]+\/([^/?]+)/.exec(path)?.[1] ?? "");
  const missing = [...new Set(written)].filter((name) => name !== "" && !seen.has(name));
  if (missing.length === 0) return [...holes];
  return [
    ...holes,
    `the recorder saw nothing of ${missing.join(", ")}: its watch has ended, so this proves little`,
  ];
}
