import type { KubeTransport } from "../../src/kube/transport.ts";

/** Requests by `VERB resource` or `VERB resource/subresource`, as the API server itself has counted them. */
export type ApiCounts = Readonly<Record<string, number>>;

const COUNTED: ReadonlySet<string> = new Set(["hpcinstances", "hpcstorages", "events", "leases"]);
const WRITES: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH", "DELETE", "APPLY"]);
const LINE = /^apiserver_request_total\{(?<labels>[^}]*)\} (?<value>\S+)$/;

/** Reads them from the API server's metrics; a watch counts when it ends. */
export async function readApiCounts(transport: KubeTransport): Promise<ApiCounts> {
  const { body } = await transport.send({ method: "GET", path: "/metrics" });
  const counts: Record<string, number> = {};
  for (const line of String(body).split("\n")) {
    const { labels = "", value = "0" } = LINE.exec(line)?.groups ?? {};
    const resource = labelOf(labels, "resource");
    if (!COUNTED.has(resource)) continue;
    const subresource = labelOf(labels, "subresource");
    const what = subresource === "" ? resource : `${resource}/${subresource}`;
    const name = `${labelOf(labels, "verb")} ${what}`;
    counts[name] = (counts[name] ?? 0) + Number(value);
  }
  return counts;
}

export function countsBetween(before: ApiCounts, after: ApiCounts): ApiCounts {
  const differences = Object.entries(after).map(
    ([name, count]) => [name, count - (before[name] ?? 0)] as const,
  );
  return Object.fromEntries(differences.filter(([, count]) => count > 0));
}

/** Writes to one resource and what hangs below it. */
export function writesTo(resource: string, counts: ApiCounts): number {
  let sum = 0;
  for (const [name, count] of Object.entries(counts)) {
    const [verb = "", what = ""] = name.split(" ");
    if (WRITES.has(verb) && what.split("/")[0] === resource) sum += count;
  }
  return sum;
}

function labelOf(labels: string, name: string): string {
  return new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? "";
}
