import { describe, expect, it } from "vitest";
import {
  fetchDescription,
  readDescription,
} from "../../../../src/provider/hpc-park/live-description.ts";
import { REQUIREMENTS } from "../../../../src/provider/hpc-park/requirements.ts";
import { AnsweringServer, json, raw } from "../answering-server.ts";
import { clientOf } from "../client.ts";
import { described, type Document } from "./described-contract.ts";

const STATE_PATH = "/v1/instance/{id}/state/";

function rename(document: Document, from: string, to: string): void {
  document.paths[to] = document.paths[from];
  delete document.paths[from];
}

/** What is found in the edited contract, each as one line. */
function found(edit: (document: Document) => void): string[] {
  return readDescription(described(edit)).differences.map(
    ({ operation, what, severity }) => `${severity}: ${operation} ${what}`,
  );
}

describe("the contract itself", () => {
  it("is what is needed", () => {
    expect(readDescription(described())).toEqual({
      differences: [],
      paths: {},
      pages: {},
      offers: {},
      missingSections: [],
    });
  });
});

describe("paths", () => {
  it.each([
    ["/v1/instance{instance_id}/state/", "/v1/instance{id}/state/"],
    ["/v1/instance/{instance_id}/state", "/v1/instance/{id}/state"],
  ])("are those that the service has: %s", (path, live) => {
    const edit = (document: Document): void => rename(document, STATE_PATH, path);
    expect(readDescription(described(edit)).paths).toEqual({ [`PATCH ${STATE_PATH}`]: live });
    expect(found(edit)).toEqual([`note: PATCH ${STATE_PATH} is at ${live}`]);
  });

  it("may have parameters of any name", () => {
    expect(found((document) => rename(document, STATE_PATH, "/v1/instance/{i}/state/"))).toEqual(
      [],
    );
  });

  it("are the regular ones where both forms of the state path are there", () => {
    const edit = (document: Document): void => {
      document.paths["/v1/instance{id}/state/"] = document.paths[STATE_PATH];
    };
    expect(found(edit)).toEqual([]);
  });

  it("may differ for two methods of one path", () => {
    const { paths } = readDescription(
      described((document) => {
        const { get, post } = document.paths["/v1/instance"];
        document.paths["/v1/instance"] = { get };
        document.paths["/v1/instance/"] = { post };
      }),
    );
    expect(paths).toEqual({ "POST /v1/instance": "/v1/instance/" });
  });
});

interface Row {
  readonly reason: string;
  readonly edit: (document: Document) => void;
  readonly expected: readonly string[];
}

const create = (document: Document): Document => document.components.schemas.InstanceCreate;

const ROWS: readonly Row[] = [
  {
    reason: "without a request that creates nothing can be created",
    edit: ({ paths }) => delete paths["/v1/instance"].post,
    expected: ["required changed: POST /v1/instance is missing"],
  },
  {
    reason: "a part of a section cannot be done without",
    edit: ({ paths }) => delete paths["/v1/storage/{id}"].delete,
    expected: ["required changed: DELETE /v1/storage/{id} is missing"],
  },
  {
    reason: "limits are good to know, and no more",
    edit: ({ paths }) => delete paths["/v1/limit"],
    expected: ["optional section missing: GET /v1/limit is missing: showing limits"],
  },
  {
    reason: "a field that is required and not sent has every request refused",
    edit: (document) => create(document).required.push("region"),
    expected: [
      'required changed: POST /v1/instance requires the field "region", which is not sent',
    ],
  },
  {
    reason:
      "a field that is sent and not known would be ignored: something else would be made, and paid for",
    edit: (document) => {
      create(document).properties.gpus = create(document).properties.gpu_count;
      delete create(document).properties.gpu_count;
      create(document).required = ["label"];
    },
    expected: [
      'required changed: POST /v1/instance does not know the field "gpu_count", which is sent',
    ],
  },
  {
    reason: "a field of another type is refused, or misread",
    edit: (document) => {
      create(document).properties.gpu_count = { type: "string" };
    },
    expected: ['required changed: POST /v1/instance wants the field "gpu_count" as string'],
  },
  {
    reason: "a word that is always sent must be taken",
    edit: ({ components }) => {
      components.schemas.InstanceStatePatch.properties.state.enum = ["running", "off"];
    },
    expected: [`required changed: PATCH ${STATE_PATH} does not take "on" in the field "state"`],
  },
  {
    reason: "an answer without an id cannot be used",
    edit: ({ components }) => delete components.schemas.Storage.properties.id,
    expected: [
      'required changed: GET /v1/storage does not answer the field "id"',
      'required changed: POST /v1/storage does not answer the field "id"',
      'required changed: GET /v1/storage/{id} does not answer the field "id"',
    ],
  },
  {
    reason: "a field that is only shown may go",
    edit: ({ components }) => delete components.schemas.Storage.properties.instance_ids,
    expected: [
      'note: GET /v1/storage does not answer the field "instance_ids"',
      'note: POST /v1/storage does not answer the field "instance_ids"',
      'note: GET /v1/storage/{id} does not answer the field "instance_ids"',
    ],
  },
  {
    reason: "a state without a word is shown as unknown when it comes",
    edit: ({ components }) => components.schemas.Storage.properties.state.enum.push("frozen"),
    expected: ["GET /v1/storage", "POST /v1/storage", "GET /v1/storage/{id}"].map(
      (operation) => `note: ${operation} may answer "frozen" in the field "state", an unknown word`,
    ),
  },
  {
    reason: "a parameter that must be there is not sent",
    edit: ({ paths }) => {
      paths["/v1/instance"].get.parameters = [{ name: "project", in: "query", required: true }];
    },
    expected: [
      'required changed: GET /v1/instance requires the query parameter "project", which is not sent',
    ],
  },
  {
    reason: "a header that every request carries is no news",
    edit: ({ paths }) => {
      paths["/v1/instance"].get.parameters = [
        { name: "Authorization", in: "header", required: true },
        { name: "x-project", in: "header", required: true },
      ];
    },
    expected: [
      'required changed: GET /v1/instance requires the header parameter "x-project", which is not sent',
    ],
  },
  {
    reason: "a list in an unknown form cannot be read",
    edit: ({ paths }) => {
      paths["/v1/storage"].get.responses["200"].content["application/json"].schema = {
        type: "object",
        properties: { storages: { type: "array" } },
      };
    },
    expected: ["required changed: GET /v1/storage answers no list that can be read whole"],
  },
  {
    reason: "what says nothing refuses nothing",
    edit: ({ paths }) => {
      paths["/v1/storage"].post.requestBody.content["application/json"].schema = {};
      paths["/v1/storage/{id}"].get.responses["200"].content["application/json"].schema = {};
    },
    expected: [
      "note: POST /v1/storage does not say what its body looks like",
      "note: GET /v1/storage/{id} does not say what it answers",
    ],
  },
];

describe("differences", () => {
  it.each(ROWS)("$reason", ({ edit, expected }) => {
    expect(found(edit)).toEqual(expected);
  });

  it("says once what is missing as a whole section", () => {
    const edit = ({ paths }: Document): void => {
      for (const path of Object.keys(paths)) if (path.startsWith("/v1/storage")) delete paths[path];
    };
    const { missingSections, differences } = readDescription(described(edit));
    expect(missingSections).toEqual(["/v1/storage"]);
    expect(new Set(differences.map(({ severity }) => severity))).toEqual(
      new Set(["optional section missing"]),
    );
  });

  it("reads 3.1 as FastAPI writes it", () => {
    const edit = ({ components }: Document): void => {
      const { properties } = components.schemas.InstanceCreate;
      components.schemas.GpuType = { type: "string", enum: ["A100", "H100"] };
      properties.gpu_type = { $ref: "#/components/schemas/GpuType" };
      properties.ssh_key = { anyOf: [{ type: "string" }, { type: "null" }] };
      properties.namespace_id = { type: ["integer", "null"] };
      properties.tariff_type = { allOf: [{ $ref: "#/components/schemas/Tariff" }], default: "a" };
      components.schemas.Tariff = { enum: ["a", "b"] };
    };
    expect(found(edit)).toEqual([]);
    expect(readDescription(described(edit)).offers).toEqual({
      gpuType: ["A100", "H100"],
      tariffType: ["a", "b"],
    });
  });

  it.each([
    ["empty", { enum: [] }],
    ["open at one side", { anyOf: [{ enum: ["A100"] }, { type: "string" }] }],
    ["of no words", { enum: [1, 2] }],
    ["of words that nobody can write", { enum: ["A\u0000100"] }],
  ])("takes an enumeration that is %s for none", (_, schema) => {
    const edit = (document: Document): void => {
      create(document).properties.gpu_type = schema;
    };
    expect(readDescription(described(edit)).offers).toEqual({});
  });

  it("ends in a description that refers to itself", () => {
    const edit = (document: Document): void => {
      const loop = { $ref: "#/components/schemas/Loop" };
      document.components.schemas.Loop = { anyOf: [loop, { allOf: [loop, loop] }] };
      create(document).properties.gpu_type = loop;
    };
    expect(() => readDescription(described(edit))).not.toThrow();
  });
});

describe("pages", () => {
  const page = (fields: object, parameters: readonly string[]) => (document: Document) => {
    const { get } = document.paths["/v1/instance"];
    const answer = get.responses["200"].content["application/json"];
    answer.schema = { type: "object", properties: { items: answer.schema, ...fields } };
    get.parameters = parameters.map((name) => ({ name, in: "query", schema: { maximum: 100 } }));
  };
  const total = { type: "integer" };

  it.each([
    ["by number", page({ total }, ["page", "size"]), { by: "number", parameter: "page" }],
    [
      "by offset",
      page({ count: total }, ["offset", "limit"]),
      { by: "offset", parameter: "offset" },
    ],
    ["by a link", page({ next: {} }, []), { by: "next", field: "next", parameter: undefined }],
    [
      "by a word",
      page({ next_cursor: {} }, ["cursor", "limit"]),
      { by: "next", field: "next_cursor", parameter: "cursor" },
    ],
  ])("are turned %s", (_, edit, turn) => {
    const { pages, differences } = readDescription(described(edit));
    expect(differences).toEqual([]);
    expect(pages["/v1/instance"]).toMatchObject({ items: "items", turn });
  });

  it("are asked for as long as may be", () => {
    const { pages } = readDescription(described(page({ total }, ["page", "size"])));
    expect(pages["/v1/instance"]?.size).toEqual({ parameter: "size", value: 100 });
  });

  it("cannot be read whole where nothing says how many there are", () => {
    expect(found(page({}, ["page", "size"]))).toEqual([
      "required changed: GET /v1/instance answers no list that can be read whole",
    ]);
  });
});

describe("what is no description of HPC Park", () => {
  it.each([
    [undefined],
    [null],
    ["text"],
    [[]],
    [{}],
    [{ paths: null }],
    [{ paths: { "/v1/x": null } }],
    [{ paths: { "/v1/instance": { put: {} } } }],
  ])("proves nothing: %j", (document) => {
    expect(() => readDescription(document)).toThrow("does not describe HPC Park");
  });
});

describe("fetchDescription", () => {
  const { signal } = new AbortController();

  it("asks the service", async () => {
    await using server = await AnsweringServer.start(json(200, described()));
    using client = clientOf(server.url);
    expect((await fetchDescription(client.http, signal)).differences).toEqual([]);
    expect(server.received).toMatchObject([{ method: "GET", path: "/openapi.json" }]);
  });

  it("fails where the service does, rather than guess", async () => {
    await using server = await AnsweringServer.start(raw(502, "<html>"));
    using client = clientOf(server.url);
    await expect(fetchDescription(client.http, signal)).rejects.toMatchObject({
      kind: "unavailable",
    });
  });
});

describe("the table of what is needed", () => {
  it("has every operation once", () => {
    const names = REQUIREMENTS.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(names).size).toBe(names.length);
  });
});
