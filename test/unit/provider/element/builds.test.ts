import { describe, expect, it } from "vitest";
import { SEED } from "../../../../src/embedded/element/seed.ts";
import { byVersion } from "../../../../src/provider/element/builds.ts";
import { AnsweringServer, json } from "../answering-server.ts";
import { assemblyId } from "../../embedded/element/panel-client.ts";
import { WRITE } from "../client.ts";
import { bodyOf, openConsole, type OpenConsole, specOf } from "./open-console.ts";

const { shop } = SEED.projects;

function addBuilds({ simulator }: OpenConsole, ...versions: string[]): void {
  for (const version of versions)
    simulator.perform({ action: "add-assembly", project: shop, version });
}

async function madeFrom(
  { applications }: OpenConsole,
  source: NonNullable<ReturnType<typeof specOf>["source"]>,
): Promise<unknown> {
  const { status } = await applications.create(bodyOf(specOf({ source })), WRITE);
  return status["appliedVersion"];
}

describe("a build", () => {
  it("that the spec names by its id is asked for as it is, and nothing is looked up", async () => {
    await using console = await openConsole();
    const projectVersionId = assemblyId(console.simulator, "1.0-10");

    expect(await madeFrom(console, { projectVersionId })).toBe("1.0-10");

    expect(console.sent("listAssemblies")).toEqual([]);
    const [create] = console.sent("createApplication");
    expect(create?.body).toMatchObject({
      source: { type: "repository", "project-version-id": projectVersionId },
    });
  });

  it.each(["array", "items", "assemblies"] as const)(
    "that the spec names by its version is found in the project's list, answered as %s",
    async (assembliesAs) => {
      await using console = await openConsole({ settings: { assembliesAs } });
      const wanted = { projectId: shop, assemblyVersion: "1.0-10" };
      expect(await madeFrom(console, wanted)).toBe("1.0-10");
    },
  );

  it("is the project's default one where the spec names none, so that nothing empty is made", async () => {
    await using console = await openConsole({ settings: { emptyFromProject: true } });
    expect(await madeFrom(console, { projectId: shop })).toBe("1.0-42");
    const [create] = console.sent("createApplication");
    expect(create?.body).toMatchObject({
      source: { "project-version-id": assemblyId(console.simulator, "1.0-42") },
    });
  });

  it("is the newest one where the project has no default: by number, not by letters", async () => {
    const builds = ["2.0-9", "1.0-10", "1.0-9"].map((version) => ({
      id: `build-${version.replace(".", "-")}`,
      "assembly-version": version,
    }));
    await using server = await AnsweringServer.start((response, received) => {
      const { path, method } = received;
      const body = path.endsWith("/assemblies")
        ? builds
        : { id_token: "a.b.c", id: "user", status: "Creating" };
      json(method === "POST" ? 201 : 200, body)(response, received);
    });
    await using console = await openConsole({ url: server.url });

    await console.applications.create(bodyOf(specOf({ source: { projectId: shop } })), WRITE);

    const create = server.received.find(({ path }) => path === "/console/api/v2/applications");
    expect(JSON.parse(create?.body ?? "")).toMatchObject({
      source: { "project-version-id": "build-1-0-10" },
    });
  });

  it("that the project does not have is a mistake of the spec, and the newest are named", async () => {
    await using console = await openConsole();
    addBuilds(console, "1.0-100", "1.1-44", "1.0-2");

    const creating = madeFrom(console, { projectId: shop, assemblyVersion: "9.9-9" });

    await expect(creating).rejects.toMatchObject({
      kind: "invalid",
      message: `project ${shop} has no build 9.9-9; its newest are: 1.0-10, 1.0-42, 1.0-43, 1.1-44, 1.0-100`,
    });
    expect(console.sent("createApplication")).toEqual([]);
  });

  it("of a project that does not exist is a mistake of the spec", async () => {
    await using console = await openConsole();
    const projectId = "5b000000-0000-4000-8000-0000000000ff";
    const message = `project ${projectId}, named in spec.source.projectId, does not exist, or the user may not see it`;
    for (const source of [{ projectId }, { projectId, assemblyVersion: "1.0-42" }])
      await expect(madeFrom(console, source)).rejects.toMatchObject({ kind: "invalid", message });
    expect(console.sent("createApplication")).toEqual([]);
  });

  it.each([{}, { assemblyVersion: "1.0-42" }])(
    "that %j does not name is a mistake of the spec, where no rule of the API server has refused it",
    async (source) => {
      await using console = await openConsole();
      await expect(madeFrom(console, source)).rejects.toMatchObject({
        name: "ProviderError",
        kind: "invalid",
        message: "spec.source names no build: it needs projectId or projectVersionId",
      });
      expect(console.sent("createApplication")).toEqual([]);
    },
  );

  it("of a project that the user may not see is one of none", async () => {
    await using console = await openConsole();
    const { production } = SEED.spaces;
    console.simulator.perform({ action: "set-rights", client: "main", spaces: [production] });
    const creating = madeFrom(console, { projectId: shop, assemblyVersion: "1.0-42" });
    await expect(creating).rejects.toMatchObject({ kind: "invalid" });
  });

  it.each(["listAssemblies", "getProject"])(
    "is no mistake of the spec where the panel cannot be asked (%s)",
    async (operation) => {
      await using console = await openConsole();
      console.simulator.faults.add({
        match: { operation },
        effect: { kind: "status", status: 502 },
      });
      const wanted = operation === "getProject" ? {} : { assemblyVersion: "1.0-42" };
      await expect(madeFrom(console, { projectId: shop, ...wanted })).rejects.toMatchObject({
        kind: "unavailable",
      });
      expect(console.sent("createApplication")).toEqual([]);
    },
  );
});

describe("the order of versions", () => {
  it.each([
    [
      ["1.0-10", "1.0-9"],
      ["1.0-9", "1.0-10"],
    ],
    [
      ["1.0-42", "2.0-41", "1.9-43"],
      ["2.0-41", "1.0-42", "1.9-43"],
    ],
    [
      ["1-0-7", "1-0-10", "1-0-8"],
      ["1-0-7", "1-0-8", "1-0-10"],
    ],
    [
      ["1.0-2", "master", ""],
      ["", "master", "1.0-2"],
    ],
    [
      ["b-1", "a-1"],
      ["a-1", "b-1"],
    ],
  ])("of %j is by the number after the last hyphen", (versions, expected) => {
    expect(versions.toSorted(byVersion)).toEqual(expected);
  });
});
