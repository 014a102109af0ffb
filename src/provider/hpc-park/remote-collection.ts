import type { Fields } from "../../core/diff.ts";
import type { RemoteThing } from "../../core/observation.ts";
import { ProviderError } from "../errors.ts";
import type { HttpClient } from "../http.ts";
import type { HttpRequest } from "../http-exchange.ts";
import type { RemoteKind } from "../port.ts";
import { ListReader } from "../list-reader.ts";
import { readPages } from "../page-list.ts";
import { Answer, readCreated } from "../answer.ts";
import type { Contract } from "./contract-watch.ts";
import { type KindNeeds, TermsOf } from "./terms.ts";

/** What one section of the API does its own way. */
export interface Section {
  /** Singular, for messages: `instance`. */
  readonly noun: string;
  /** What of the API it stands on; its section is the path of the list. */
  readonly needs: KindNeeds;
  readonly read: (answer: Answer) => RemoteThing;
  /** The request that begins an operation of the kind's rules. */
  readonly change: (
    id: string,
    operation: string,
    fields: Fields,
    pathOf: (method: string, documented: string) => string,
  ) => Promise<ChangeRequest>;
}

export type ChangeRequest = Pick<HttpRequest, "path" | "json" | "lane">;

/** List, get, create, change and delete, as every section of HPC Park has them. */
export function remoteCollection(
  http: HttpClient,
  contract: Contract,
  section: Section,
): RemoteKind {
  const { noun, needs, read } = section;
  const path = needs.section;
  const listing = `list ${noun}s`;
  const reader = new ListReader(listing, (item) => read(new Answer(item, listing)));
  const terms = new TermsOf(needs);
  const pathOf = (method: string, documented: string): string =>
    contract.known?.paths[`${method} ${documented}`] ?? documented;
  const pathOfOne = (method: string, id: string): string =>
    pathOf(method, `${path}/{id}`).replace("{id}", id);
  return {
    get credential() {
      return http.credential;
    },
    get terms() {
      return terms.of(contract.known);
    },
    async list(signal) {
      // How a list is to be read is known only then.
      const { pages, missingSections } = await contract.tried();
      if (missingSections.includes(path))
        throw new ProviderError("unavailable", `${listing}: HPC Park describes no ${path}`);
      const shape = pages[path];
      const fetch = (query: string): Promise<Buffer> =>
        bytesOf(http, listing, `${pathOf("GET", path)}${query}`, signal);
      return shape === undefined
        ? reader.read(await fetch(""))
        : readPages({ shape, reader, what: listing, fetch });
    },
    async get(id, signal) {
      const what = `get ${noun}`;
      const request = {
        method: "GET",
        path: pathOfOne("GET", id),
        operation: what,
        lane: "observe",
      } as const;
      const body = await http.request(request, signal);
      return body === undefined ? undefined : read(new Answer(body, what));
    },
    async create(json, { signal, precondition }) {
      const what = `create ${noun}`;
      const request = {
        method: "POST",
        path: pathOf("POST", path),
        operation: what,
        lane: "create",
        json,
        isCreate: true,
      } as const;
      return readCreated(await http.request(request, signal, precondition), what, read);
    },
    async change(id, operation, fields, { signal, precondition }) {
      const what = `change ${noun}`;
      const request = await section.change(id, operation, fields, pathOf);
      const sent = { method: "PATCH", operation: what, ...request } as const;
      const body = await http.request(sent, signal, precondition);
      if (body === undefined)
        throw new ProviderError("unavailable", `${what}: ${id} was not found`);
    },
    async remove(id, { signal, precondition }) {
      const what = `delete ${noun}`;
      const request = {
        method: "DELETE",
        path: pathOfOne("DELETE", id),
        operation: what,
        lane: "stop",
      } as const;
      return (await http.request(request, signal, precondition)) !== undefined;
    },
  };
}

async function bytesOf(
  http: HttpClient,
  operation: string,
  path: string,
  signal: AbortSignal,
): Promise<Buffer> {
  const request = { method: "GET", path, operation, lane: "list", isList: true } as const;
  const body = await http.request(request, signal);
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  throw new ProviderError("unavailable", `${operation}: the answer is no list`);
}
