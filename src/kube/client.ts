import { errorOfStatus, KubeError } from "./errors.ts";
import { type KubeObject, pathOf, type ResourceType } from "./kube-object.ts";
import type { KubeRequest, KubeTransport } from "./transport.ts";

export interface ListOptions {
  readonly namespace?: string;
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
}

export interface ListPage<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  readonly continue?: string;
}

export interface Subresource {
  readonly subresource?: "status";
}

export interface Preconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

export const SECRETS: ResourceType = {
  group: "",
  version: "v1",
  plural: "secrets",
  kind: "Secret",
};

/**
 * Reads and writes objects as raw JSON. Every method rejects with a KubeError, or with the signal's reason on an abort.
 */
export class KubeClient {
  readonly #transport: KubeTransport;

  constructor(transport: KubeTransport) {
    this.#transport = transport;
  }

  /** A quorum read: no resourceVersion is sent, so no cache of the API server answers. */
  async get<T extends KubeObject>(
    type: ResourceType,
    namespace: string,
    name: string,
    signal: AbortSignal,
  ): Promise<T> {
    const operation = `get ${type.plural}`;
    return this.#send<T>({ method: "GET", path: pathOf(type, namespace, name), operation, signal });
  }

  async list<T extends KubeObject>(
    type: ResourceType,
    { namespace, ...options }: ListOptions,
    signal: AbortSignal,
  ): Promise<ListPage<T>> {
    const query = Object.fromEntries(
      Object.entries(options).map(([name, value]) => [name, String(value)]),
    );
    const path = pathOf(type, namespace);
    const operation = `list ${type.plural}`;
    const list = await this.#send({ method: "GET", path, operation, query, signal });
    if (!isList<T>(list))
      throw new KubeError("unavailable", `list ${type.plural}: the answer is no list`);
    const next = list.metadata.continue;
    return {
      items: list.items ?? [],
      resourceVersion: list.metadata.resourceVersion,
      ...(next === undefined || next === "" ? {} : { continue: next }),
    };
  }

  async create<T extends KubeObject>(
    type: ResourceType,
    namespace: string,
    body: object,
    signal: AbortSignal,
  ): Promise<T> {
    const operation = `create ${type.plural}`;
    return this.#send<T>({
      method: "POST",
      path: pathOf(type, namespace),
      operation,
      body,
      signal,
    });
  }

  /** RFC 7396: null removes a field, a list is replaced whole. With a resourceVersion in it a stale one is a conflict. */
  async mergePatch<T extends KubeObject>(
    type: ResourceType,
    namespace: string,
    name: string,
    patch: object,
    { subresource }: Subresource,
    signal: AbortSignal,
  ): Promise<T> {
    const tail = subresource === undefined ? "" : `/${subresource}`;
    return this.#send<T>({
      method: "PATCH",
      path: `${pathOf(type, namespace, name)}${tail}`,
      operation: `patch ${type.plural}${tail}`,
      body: patch,
      contentType: "application/merge-patch+json",
      signal,
    });
  }

  /** Replaces an object; the resourceVersion in it must be the latest. */
  async update<T extends KubeObject>(
    type: ResourceType,
    namespace: string,
    name: string,
    body: object,
    signal: AbortSignal,
  ): Promise<T> {
    const path = pathOf(type, namespace, name);
    return this.#send<T>({ method: "PUT", path, operation: `update ${type.plural}`, body, signal });
  }

  /** Deletes an object; another uid or resourceVersion than the one named is a conflict. */
  async remove(
    type: ResourceType,
    namespace: string,
    name: string,
    preconditions: Preconditions,
    signal: AbortSignal,
  ): Promise<void> {
    const path = pathOf(type, namespace, name);
    const operation = `delete ${type.plural}`;
    await this.#send({ method: "DELETE", path, operation, body: { preconditions }, signal });
  }

  /** The decoded values of a Secret. */
  async getSecret(
    namespace: string,
    name: string,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, string>>> {
    const { data = {} } = await this.get<KubeObject & { data?: Record<string, string> }>(
      SECRETS,
      namespace,
      name,
      signal,
    );
    return Object.fromEntries(
      Object.entries(data).map(([key, value]) => [
        key,
        Buffer.from(value, "base64").toString("utf8"),
      ]),
    );
  }

  async getNamespaceUid(name: string, signal: AbortSignal): Promise<string> {
    const path = `/api/v1/namespaces/${encodeURIComponent(name)}`;
    const { metadata } = await this.#send<KubeObject>({ method: "GET", path, signal });
    return metadata.uid;
  }

  async #send<T = unknown>(request: KubeRequest): Promise<T> {
    const { status, body, retryAfter } = await this.#transport.send(request);
    const doing = `${request.method} ${request.path}`;
    if (status < 200 || status >= 300) throw errorOfStatus(doing, status, body, retryAfter);
    if (typeof body !== "object" || body === null) {
      throw new KubeError("unavailable", `${doing}: the answer is no JSON object`);
    }
    // The API server's own schema is the check; what it stores it has validated.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return body as T;
  }
}

interface List<T> {
  readonly items: readonly T[] | null;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
}

/** What is taken for a list replaces all that is known, so a proxy's answer must not pass for an empty one. */
function isList<T extends KubeObject>(answer: unknown): answer is List<T> {
  const { items, metadata }: { items?: unknown; metadata?: { resourceVersion?: unknown } } =
    Object(answer);
  const hasVersion =
    typeof metadata?.resourceVersion === "string" && metadata.resourceVersion !== "";
  return hasVersion && (items === null || (Array.isArray(items) && items.every(isNamed)));
}

function isNamed(item: unknown): boolean {
  const { metadata }: { metadata?: { name?: unknown } } = Object(item);
  return typeof metadata?.name === "string";
}
