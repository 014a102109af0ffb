import { answer, type Call, FakeApiServer, type Handler, statusOf } from "./fake-api-server.ts";

export interface StoredLease {
  metadata: { name: string; namespace: string; uid: string; resourceVersion: string };
  spec: {
    holderIdentity: string;
    leaseDurationSeconds: number;
    leaseTransitions: number;
    renewTime: string;
    acquireTime: string;
  };
}

/** Keeps one Lease as the API server does: a PUT with another resourceVersion than the stored one is a conflict. */
export class FakeLeaseServer implements AsyncDisposable {
  lease: StoredLease | undefined;
  /** Takes a call before it is served; returns whether it did. */
  intercept: (...args: Parameters<Handler>) => boolean = () => false;
  readonly server: FakeApiServer;
  readonly #watchers = new Set<Parameters<Handler>[0]>();
  #version = 0;

  private constructor(server: FakeApiServer) {
    this.server = server;
    server.handler = (response, call) => {
      if (!this.intercept(response, call)) this.#serve(response, call);
    };
  }

  static async start(): Promise<FakeLeaseServer> {
    return new FakeLeaseServer(await FakeApiServer.start(() => undefined));
  }

  /** Writes as another candidate would, past every check. */
  store(spec: Partial<StoredLease["spec"]>): void {
    this.#version += 1;
    this.lease = {
      metadata: { name: "l", namespace: "n", uid: "u", resourceVersion: String(this.#version) },
      spec: {
        holderIdentity: "",
        leaseDurationSeconds: 1,
        leaseTransitions: 0,
        renewTime: "",
        acquireTime: "",
        ...this.lease?.spec,
        ...spec,
      },
    };
    const event = { type: "MODIFIED", object: this.lease };
    for (const watcher of this.#watchers) watcher.write(`${JSON.stringify(event)}\n`);
  }

  get watching(): number {
    return this.#watchers.size;
  }

  writes(): Call[] {
    return this.server.calls.filter(({ method }) => method !== "GET");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }

  readonly #serve: Handler = (response, { method, query, body }) => {
    if (query.has("watch")) return this.#watch(response);
    if (method === "GET") {
      if (this.lease === undefined) return answer(response, 404, statusOf(404, "NotFound"));
      return answer(response, 200, this.lease);
    }
    const sent: StoredLease = JSON.parse(body);
    const isCurrent = sent.metadata.resourceVersion === this.lease?.metadata.resourceVersion;
    if (method === "POST" && this.lease !== undefined)
      return answer(response, 409, statusOf(409, "AlreadyExists"));
    if (method === "PUT" && !isCurrent) return answer(response, 409, statusOf(409, "Conflict"));
    this.store(sent.spec);
    answer(response, 200, this.lease);
  };

  #watch(response: Parameters<Handler>[0]): void {
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    this.#watchers.add(response);
    response.once("close", () => this.#watchers.delete(response));
  }
}
