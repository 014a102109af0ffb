import type { Fields } from "../../core/diff.ts";
import type { RemoteThing } from "../../core/observation.ts";
import { ProviderError } from "../errors.ts";
import type { HttpClient, HttpRequest } from "../http.ts";
import type { RemoteKind } from "../port.ts";
import { ListReader } from "../list-reader.ts";
import { Answer, readCreated } from "./answer.ts";

/** What one section of the API does its own way. */
export interface Section {
  /** Singular, for messages: `instance`. */
  readonly noun: string;
  /** `/v1/instance`. */
  readonly path: string;
  readonly read: (answer: Answer) => RemoteThing;
  /** The request that begins an operation of the kind's rules. */
  readonly change: (id: string, operation: string, fields: Fields) => Promise<ChangeRequest>;
}

export type ChangeRequest = Pick<HttpRequest, "path" | "json" | "lane">;

/** List, get, create, change and delete, as every section of HPC Park has them. */
export function remoteCollection(http: HttpClient, section: Section): RemoteKind {
  const { noun, path, read } = section;
  const listing = `list ${noun}s`;
  const reader = new ListReader(listing, (item) => read(new Answer(item, listing)));
  return {
    get credential() {
      return http.credential;
    },
    async list(signal) {
      const request = {
        method: "GET",
        path,
        operation: listing,
        lane: "list",
        isList: true,
      } as const;
      const body = await http.request(request, signal);
      if (!(body instanceof Uint8Array))
        throw new ProviderError("unavailable", `${listing}: the answer is no list`);
      return reader.read(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
    },
    async get(id, signal) {
      const what = `get ${noun}`;
      const request = {
        method: "GET",
        path: `${path}/${id}`,
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
        path,
        operation: what,
        lane: "create",
        json,
        isCreate: true,
      } as const;
      return readCreated(await http.request(request, signal, precondition), what, read);
    },
    async change(id, operation, fields, { signal, precondition }) {
      const what = `change ${noun}`;
      const request = await section.change(id, operation, fields);
      const sent = { method: "PATCH", operation: what, ...request } as const;
      const body = await http.request(sent, signal, precondition);
      if (body === undefined)
        throw new ProviderError("unavailable", `${what}: ${id} was not found`);
    },
    async remove(id, { signal, precondition }) {
      const what = `delete ${noun}`;
      const request = {
        method: "DELETE",
        path: `${path}/${id}`,
        operation: what,
        lane: "stop",
      } as const;
      return (await http.request(request, signal, precondition)) !== undefined;
    },
  };
}
