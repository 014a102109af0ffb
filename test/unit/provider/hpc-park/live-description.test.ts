import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import {
  fetchDescription,
  readDescription,
} from "../../../../src/provider/hpc-park/live-description.ts";
import { AnsweringServer, json, raw } from "../answering-server.ts";
import { clientOf } from "../client.ts";

const CONTRACT = new URL("../../../../src/contracts/hpc-park.openapi.yaml", import.meta.url);
const STATE_PATH = "/v1/instance/{id}/state/";
const PRINTED_PATH = "/v1/instance{id}/state/";

async function paths(): Promise<Record<string, unknown>> {
  const document: { paths: Record<string, unknown> } = parse(await readFile(CONTRACT, "utf8"));
  return document.paths;
}

/** The contract with its state path under another name. */
async function withStatePath(path: string): Promise<unknown> {
  const { [STATE_PATH]: operation, ...others } = await paths();
  return { paths: { ...others, [path]: operation } };
}

describe("readDescription", () => {
  it("misses nothing in the contract", async () => {
    expect(readDescription({ paths: await paths() })).toEqual({
      statePath: STATE_PATH,
      missing: [],
    });
  });

  it("takes the path that the instruction prints where the service has that one", async () => {
    const document = await withStatePath("/v1/instance{instance_id}/state/");
    expect(readDescription(document)).toEqual({ statePath: PRINTED_PATH, missing: [] });
  });

  it.each(["/v1/instance/{instance_id}/state/", "/v1/instance/{id}/state"])(
    "cares neither for parameter names nor for a slash at the end: %s",
    async (path) => {
      expect(readDescription(await withStatePath(path))).toEqual({
        statePath: STATE_PATH,
        missing: [],
      });
    },
  );

  it("prefers the regular path where both are described", () => {
    const document = { paths: { [PRINTED_PATH]: { patch: {} }, [STATE_PATH]: { patch: {} } } };
    expect(readDescription(document).statePath).toBe(STATE_PATH);
  });

  it("names every operation that is missing", async () => {
    const { "/v1/storage/{id}": _, ...others } = await paths();
    expect(readDescription({ paths: others }).missing).toEqual([
      "GET /v1/storage/{id}",
      "DELETE /v1/storage/{id}",
    ]);
  });

  it.each([
    [undefined],
    [null],
    ["text"],
    [[]],
    [{}],
    [{ paths: null }],
    [{ paths: { "/v1/x": null } }],
  ])("misses everything, and falls back to the regular path, in %j", (document) => {
    const { statePath, missing } = readDescription(document);
    expect(statePath).toBe(STATE_PATH);
    expect(missing).toHaveLength(18);
  });
});

describe("fetchDescription", () => {
  const { signal } = new AbortController();

  it("asks the service", async () => {
    await using server = await AnsweringServer.start(json(200, { paths: await paths() }));
    using client = clientOf(server.url);
    expect((await fetchDescription(client.http, signal)).missing).toEqual([]);
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
