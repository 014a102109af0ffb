import type { RemoteThing } from "../../core/observation.ts";
import type { Terms } from "../../core/terms.ts";
import { Answer, readCreated } from "../answer.ts";
import { ProviderError } from "../errors.ts";
import { ListReader } from "../list-reader.ts";
import { type PageShape, readPages } from "../page-list.ts";
import type { RemoteKind, Write } from "../port.ts";
import { readApplication } from "./application-card.ts";
import { isDeleted } from "./application-state.ts";
import { resolveBuild, type WantedBuild } from "./builds.ts";
import { changeApplication } from "./changes.ts";
import { type Sources, withDetails } from "./details.ts";
import { newestDump } from "./dumps.ts";
import { API } from "./panel.ts";

/** The fewer pages, the fewer requests, and the less time in which the list can change. */
const LONG_PAGE = 1_000;
/** What a panel is known to take. */
const KNOWN_PAGE = 100;

const shapeOf = (size: number): PageShape => ({
  items: "content",
  total: "totalElements",
  constant: [
    ["deleted", "false"],
    ["result", "page"],
  ],
  size: { parameter: "size", value: size },
  turn: { by: "number", parameter: "page", first: 0 },
});

const LIST = "list applications";
const GET = "get application";
const CREATE = "create application";
const DELETE = "delete application";

export interface Applications extends Sources {
  /** What the panel offers, as far as it was read. */
  readonly terms: () => Terms | undefined;
  readonly onList: (things: readonly RemoteThing[]) => void;
}

/** The applications of one panel, as one user sees them. */
export function remoteApplications(applications: Applications): RemoteKind {
  const { panel, tasks, dumps, terms, onList } = applications;
  const { http } = panel;
  const reader = new ListReader(LIST, (item) => readApplication(new Answer(item, LIST)));
  let shape = shapeOf(LONG_PAGE);
  return {
    get credential() {
      return http.credential;
    },
    get terms() {
      return terms();
    },
    async list(signal) {
      const fetch = (query: string): Promise<Buffer> => listPage(applications, query, signal);
      const read = (): Promise<readonly RemoteThing[]> =>
        readPages({ shape, reader, what: LIST, fetch });
      const all = await read().catch((error: unknown) => {
        if (!(error instanceof ProviderError) || error.kind !== "invalid") throw error;
        // The panel takes no page of that length, now or later.
        shape = shapeOf(KNOWN_PAGE);
        return read();
      });
      // Older versions list what is gone for good.
      const things = all.filter(({ state }) => state.toLowerCase() !== "deleted");
      onList(things);
      return things;
    },
    async get(id, signal) {
      const body = await panel.get(`/applications/${id}`, GET, signal);
      const card = body === undefined ? undefined : new Answer(body, GET);
      return card === undefined || isDeleted(card) ? undefined : readApplication(card);
    },
    create: (body, write) => create(applications, body, write),
    change: (id, operation, fields, write) =>
      changeApplication(id, operation, fields, applications, write),
    remove: (id, write) => remove(applications, id, write),
    elaborate: (thing, interest, signal) => withDetails(thing, interest, applications, signal),
    timeMark: async (id, operation, signal) =>
      operation === "backup" ? newestDump(await dumps.read(id, signal)) : tasks.newestOf(id),
  };
}

async function listPage(
  { panel }: Applications,
  query: string,
  signal: AbortSignal,
): Promise<Buffer> {
  const path = `${API}/applications${query}`;
  const body = await panel.http.request(
    { method: "GET", path, operation: LIST, lane: "list", isList: true },
    signal,
  );
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  throw new ProviderError("unavailable", `${LIST}: the answer is no list`);
}

/** The build is looked up first: where there is none, nothing leaves. */
async function create({ panel }: Applications, body: unknown, write: Write): Promise<RemoteThing> {
  const { source, ...rest }: { source?: WantedBuild } = Object(body);
  const build = await resolveBuild(panel, source ?? {}, write.signal);
  const json = { ...rest, source: { type: "repository", "project-version-id": build } };
  const request = {
    method: "POST",
    path: `${API}/applications`,
    operation: CREATE,
    lane: "create",
    json,
    isCreate: true,
  } as const;
  const answer = await panel.http.request(request, write.signal, write.precondition);
  return readCreated(answer, CREATE, readApplication);
}

async function remove({ panel }: Applications, id: string, write: Write): Promise<boolean> {
  const request = { method: "DELETE", path: `/applications/${id}`, lane: "stop" } as const;
  try {
    return (await panel.send(request, DELETE, write)) !== undefined;
  } catch (error) {
    if (!(error instanceof ProviderError) || error.kind !== "precondition") throw error;
    const advice =
      "where it has unpublished drafts, publish or drop the drafts in the panel's development environment";
    throw new ProviderError("precondition", `${error.message}; ${advice}`);
  }
}
