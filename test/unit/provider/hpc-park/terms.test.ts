import { describe, expect, it } from "vitest";
import { remoteInstances } from "../../../../src/provider/hpc-park/instance.ts";
import {
  type LiveDescription,
  readDescription,
} from "../../../../src/provider/hpc-park/live-description.ts";
import { remoteStorages } from "../../../../src/provider/hpc-park/storage.ts";
import { INSTANCE_NEEDS, STORAGE_NEEDS, TermsOf } from "../../../../src/provider/hpc-park/terms.ts";
import { AnsweringServer, json, raw } from "../answering-server.ts";
import { clientOf, WRITE } from "../client.ts";
import { described, type Document } from "./described-contract.ts";

const { signal } = new AbortController();
const REMOTE = { id: 3, label: "data", state: "ready" };

function read(edit: (document: Document) => void): LiveDescription {
  return readDescription(described(edit));
}

function contractOf(known: LiveDescription) {
  return { known, tried: async () => known };
}

describe("terms of a kind", () => {
  const terms = new TermsOf(INSTANCE_NEEDS);

  it("are unknown without a description", () => {
    expect(terms.of(undefined)).toBeUndefined();
  });

  it("are unknown where nothing follows from a description, so that nothing is decided anew", () => {
    expect(terms.of(read(() => undefined))).toBeUndefined();
    const edit = ({ paths }: Document): void => {
      paths["/v1/storage/"] = paths["/v1/storage"];
      delete paths["/v1/storage"];
    };
    expect(terms.of(read(edit))).toBeUndefined();
  });

  it("are the same object for the same description", () => {
    const description = read(({ paths }) => delete paths["/v1/storage"].post);
    expect(terms.of(description)).toBe(terms.of(description));
    expect(terms.of(description)).toBeDefined();
  });

  it("stop writes for a difference anywhere in the account, named with its operation", () => {
    const { halt } = terms.of(read(({ paths }) => delete paths["/v1/storage/{id}"].delete)) ?? {};
    expect(halt?.why).toBe("DELETE /v1/storage/{id} is missing");
    expect([...(halt?.stops ?? ["none"])]).toEqual([]);
  });

  it("stop what saves money where its own request has changed", () => {
    const { halt } =
      terms.of(
        read(({ paths }) => {
          delete paths["/v1/instance/{id}"].delete;
          delete paths["/v1/instance/{id}/state/"];
        }),
      ) ?? {};
    expect([...(halt?.stops ?? [])]).toEqual(["remove", "powerOff"]);
    expect(halt?.why).toContain("1 more");
  });

  it("do not stop anything for a note, or for limits", () => {
    const edit = ({ paths }: Document): void => {
      delete paths["/v1/limit"];
      paths["/v1/storage/"] = paths["/v1/storage"];
      delete paths["/v1/storage"];
    };
    expect(terms.of(read(edit))?.halt).toBeUndefined();
  });

  it("say that the section is missing, for the kind that stands on it", () => {
    const description = read(({ paths }) => {
      for (const path of Object.keys(paths)) if (path.startsWith("/v1/storage")) delete paths[path];
    });
    expect(new TermsOf(STORAGE_NEEDS).of(description)?.absence).toContain("/v1/storage");
    expect(terms.of(description)).toEqual({ offers: new Map() });
  });
});

describe("requests", () => {
  it("go to the paths that the service has", async () => {
    const contract = contractOf(
      read(({ paths }) => {
        for (const path of Object.keys(paths)) {
          if (!path.startsWith("/v1/storage")) continue;
          const item = paths[path];
          delete paths[path];
          paths[path.endsWith("/") ? path.slice(0, -1) : `${path}/`] = item;
        }
      }),
    );
    await using server = await AnsweringServer.start(json(200, REMOTE));
    using client = clientOf(server.url);
    const remote = remoteStorages(client.http, contract);
    await remote.get("3", signal);
    await remote.create({}, WRITE);
    await remote.change("3", "resources", { sizeGb: 2 }, WRITE);
    await remote.remove("3", WRITE);
    server.answer = json(200, []);
    await remote.list(signal);
    expect(server.received.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /v1/storage/3/",
      "POST /v1/storage/",
      "PATCH /v1/storage/3/resources",
      "DELETE /v1/storage/3/",
      "GET /v1/storage/",
    ]);
  });

  it("are none for a section that is missing", async () => {
    const contract = contractOf(
      read(({ paths }) => {
        for (const path of Object.keys(paths))
          if (path.startsWith("/v1/storage")) delete paths[path];
      }),
    );
    await using server = await AnsweringServer.start(json(200, []));
    using client = clientOf(server.url);
    await expect(remoteStorages(client.http, contract).list(signal)).rejects.toMatchObject({
      kind: "unavailable",
    });
    expect(server.received).toEqual([]);
  });

  it("read a list in pages where the service says so, and then nothing else", async () => {
    const contract = contractOf(
      read(({ paths }) => {
        const { get } = paths["/v1/instance"];
        const answer = get.responses["200"].content["application/json"];
        answer.schema = { properties: { items: answer.schema, total: { type: "integer" } } };
        get.parameters = [{ name: "page", in: "query" }];
      }),
    );
    await using server = await AnsweringServer.start((response, received) => {
      const isSecond = received.path.endsWith("page=2");
      const items = [{ id: isSecond ? 2 : 1, label: "a", state: "on" }];
      json(200, { items, total: 2 })(response, received);
    });
    using client = clientOf(server.url);
    const statePath = async (): Promise<string> => "/";
    const remote = remoteInstances({ http: client.http, statePath, contract });
    expect((await remote.list(signal)).map(({ id }) => id)).toEqual(["1", "2"]);
    server.answer = json(200, [{ id: 1, label: "a", state: "on" }]);
    await expect(remote.list(signal)).rejects.toMatchObject({ kind: "unavailable" });
    server.answer = raw(200, "");
    await expect(remote.list(signal)).rejects.toMatchObject({ kind: "unavailable" });
  });
});
