import type { Fields, FieldValue } from "../../core/diff.ts";
import { ProviderError } from "../errors.ts";
import type { HttpRequest } from "../http-exchange.ts";
import type { Write } from "../port.ts";
import { connectedIn } from "./application-card.ts";
import { resolveBuild } from "./builds.ts";
import type { Sources } from "./details.ts";
import type { Panel } from "./panel.ts";

type Simple = Pick<HttpRequest, "method" | "lane"> & { readonly path: string };

/** Operations that are one request without a body. */
const SIMPLE: ReadonlyMap<string, Simple> = new Map<string, Simple>([
  ["stop", { method: "PUT", path: "status/stop", lane: "stop" }],
  ["suspend", { method: "PUT", path: "status/suspend", lane: "stop" }],
  ["start", { method: "PUT", path: "status/start", lane: "update" }],
  ["restore", { method: "PUT", path: "status/restore", lane: "update" }],
  [
    "startAutomatic",
    { method: "POST", path: "actions/autostarting-processes/start", lane: "update" },
  ],
  [
    "stopAutomatic",
    { method: "POST", path: "actions/autostarting-processes/stop", lane: "update" },
  ],
]);

/** Begins one operation of the kind's rules. */
export async function changeApplication(
  id: string,
  operation: string,
  fields: Fields,
  { panel, groups, dumps }: Pick<Sources, "panel" | "groups" | "dumps">,
  write: Write,
): Promise<void> {
  const simple = SIMPLE.get(operation);
  if (simple !== undefined) {
    const path = `/applications/${id}/${simple.path}`;
    await panel.demand({ ...simple, path }, `${wordsFor(operation)} application`, write);
    return;
  }
  switch (operation) {
    case "backup":
      return dumps.make(id, textIn(fields, "backup"), write);
    case "update":
      return update(id, fields, panel, write);
    case "technology":
      return groups.begin(id, textIn(fields, "technologyVersion"), write);
    case "userLists":
      return connectLists(id, fields["userLists"], panel, write);
    default:
      throw new TypeError(`there is no operation ${operation}`);
  }
}

function wordsFor(operation: string): string {
  return operation.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

async function update(id: string, fields: Fields, panel: Panel, write: Write): Promise<void> {
  const build = {
    projectVersionId: maybeText(fields["projectVersionId"]),
    projectId: maybeText(fields["projectId"]),
    assemblyVersion: maybeText(fields["assemblyVersion"]),
  };
  const imageId = await resolveBuild(panel, build, write.signal);
  await panel.demand(
    {
      method: "POST",
      path: `/applications/${id}/project/update`,
      lane: "update",
      json: { source: { type: "repository", "image-id": imageId } },
    },
    "update application",
    write,
  );
}

/** Those that are missing are connected at once, those that are too many are disconnected one by one. */
async function connectLists(
  id: string,
  wanted: FieldValue | undefined,
  panel: Panel,
  write: Write,
): Promise<void> {
  const card = await panel.read(`/applications/${id}`, "get application", write.signal);
  const present = connectedIn(card) ?? [];
  const standard = card.text("default-user-list");
  const lists = (Array.isArray(wanted) ? wanted : [])
    .map(String)
    .filter((list) => list !== standard);
  const missing = lists.filter((list) => !present.includes(list));
  const path = `/applications/${id}/userlists`;
  if (missing.length > 0)
    await panel.demand(
      { method: "POST", path, lane: "update", json: { "user-lists": missing } },
      "connect user lists",
      write,
    );
  for (const list of present.filter((one) => !lists.includes(one))) {
    const one = `${path}/${encodeURIComponent(list)}`;
    // What is not connected any more is as it shall be.
    await panel.send(
      { method: "DELETE", path: one, lane: "update" },
      "disconnect user list",
      write,
    );
  }
}

function maybeText(value: FieldValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function textIn(fields: Fields, name: string): string {
  const text = maybeText(fields[name]);
  if (text === undefined) throw new ProviderError("invalid", `nothing is known of spec.${name}`);
  return text;
}
