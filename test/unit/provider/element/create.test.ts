import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ElementApplicationSpec } from "../../../../src/api/element-application.ts";
import { labelWithMarker, markerOf } from "../../../../src/core/marker.ts";
import { SEED } from "../../../../src/embedded/element/seed.ts";
import type { FaultEffect } from "../../../../src/embedded/simulator/faults.ts";
import { applicationKind } from "../../../../src/provider/element/application.ts";
import { assemblyId } from "../../embedded/element/panel-client.ts";
import { nodeOf } from "../../embedded/simulator/answer-judge.ts";
import { WRITE } from "../client.ts";
import { bodyOf, LABEL, openConsole, signal, specOf } from "./open-console.ts";

const CONTRACT: unknown = JSON.parse(
  readFileSync(
    new URL("../../../../src/contracts/element-console-v2.openapi.json", import.meta.url),
    "utf8",
  ),
);
const { development } = SEED.spaces;
const { staff, partners } = SEED.userLists;

/** Every field of a spec that a create request may carry. */
const FULL: Partial<ElementApplicationSpec> = {
  displayName: "Магазин",
  publicationContext: "shop",
  developmentMode: true,
  technologyVersion: "9.2.3",
  defaultUserList: staff,
  userLists: [partners],
  spaceId: development,
  domainName: "shop.example",
  autostartingScheduledJobs: true,
  autostartingEsb: false,
  defaultTimeZone: "Europe/Moscow",
  defaultLocale: "ru",
  dbmsType: "File",
};

describe("a request that makes an application", () => {
  it("carries every field that the spec has, by the contract's names", async () => {
    await using console = await openConsole();

    await console.applications.create(bodyOf(specOf(FULL)), WRITE);

    const [create] = console.sent("createApplication");
    expect(create?.body).toEqual({
      source: {
        type: "repository",
        "project-version-id": assemblyId(console.simulator, "1.0-42"),
      },
      "display-name": "Магазин",
      "publication-context": "shop",
      "development-mode": true,
      "technology-version": "9.2.3",
      "default-user-list": staff,
      "user-lists": [partners],
      "space-id": development,
      "domain-name": "shop.example",
      "autostarting-scheduled-jobs": true,
      "autostarting-esb": false,
      "default-time-zone": "Europe/Moscow",
      "default-locale": "ru",
      "dbms-type": "File",
      description: LABEL,
    });
  });

  it("has no field that the contract does not know", () => {
    const components = nodeOf(nodeOf(CONTRACT)["components"]);
    const { properties } = nodeOf(nodeOf(components["schemas"])["CreateApplicationRequest"]);
    for (const field of Object.keys(nodeOf(bodyOf(specOf(FULL)))))
      expect(nodeOf(properties)).toHaveProperty([field]);
  });

  it("says nothing of what the spec leaves to the panel; the name is that of the resource", async () => {
    await using console = await openConsole();

    await console.applications.create(bodyOf(specOf()), WRITE);

    const [create] = console.sent("createApplication");
    expect(create?.body).toEqual({
      source: expect.objectContaining({ type: "repository" }),
      "display-name": "shop",
      "publication-context": "shop",
      "development-mode": false,
      description: LABEL,
    });
  });

  it.each(["team/shop", "Продажи и склад", "я".repeat(2_000)])(
    "carries a marker in its description, which comes back as it was, behind %.20s",
    async (own) => {
      await using console = await openConsole();
      const label = labelWithMarker(own, "k8s-aaaabbbbcccc", applicationKind.maxLabelLength);

      const { id } = await console.applications.create(bodyOf(specOf(), label), WRITE);

      const thing = await console.applications.get(id, signal);
      expect(thing?.label).toBe(label);
      expect(markerOf(thing?.label ?? "")).toBe("k8s-aaaabbbbcccc");
      expect(thing?.status["description"]).not.toContain("k8s-");
    },
  );

  it("gives as the label what the user chose", () => {
    expect(applicationKind.ownLabel(specOf({ description: "Касса" }))).toBe("Касса");
    expect(applicationKind.ownLabel(specOf())).toBeUndefined();
  });
});

const EFFECTS: readonly [reason: string, effect: FaultEffect, made: number][] = [
  ["whose answer was lost", { kind: "lose-answer" }, 1],
  ["whose connection was cut before", { kind: "reset-before" }, 0],
  ["whose answer was cut", { kind: "cut-body" }, 1],
  ["that a gateway gave up on", { kind: "status-after-work", status: 504, body: "" }, 1],
  ["that a proxy answered in plain text", { kind: "plain-404" }, 0],
  ["that was answered without an id", { kind: "status-after-work", status: 200, body: {} }, 1],
  [
    "that was answered with an id that is no path",
    { kind: "status-after-work", status: 200, body: { id: "a/b", status: "Creating" } },
    1,
  ],
  [
    "of which the panel says that it failed by itself",
    { kind: "status-after-work", status: 500, body: { code: 13, message: "Внутренняя ошибка" } },
    1,
  ],
];

describe("a request to make an application", () => {
  it.each(EFFECTS)("%s is open, and not sent again", async (_, effect, made) => {
    await using console = await openConsole();
    const { simulator, applications } = console;
    simulator.faults.add({ match: { operation: "createApplication" }, effect });

    const creating = applications.create(bodyOf(specOf()), WRITE);

    await expect(creating).rejects.toMatchObject({ kind: "unknown-outcome" });
    expect(console.sent("createApplication")).toHaveLength(1);
    expect(simulator.panel.applications.all()).toHaveLength(made);
  });

  it.each<[string, Partial<ElementApplicationSpec>, RegExp]>([
    ["a space that is not there", { spaceId: "nowhere" }, /Пространство nowhere не найдено/],
    ["a user list that is not there", { userLists: ["nobody"] }, /nobody не найден/],
    ["a database that is not offered", { dbmsType: "MSSQL" }, /СУБД MSSQL не поддерживается/],
    ["a technology that is not offered", { technologyVersion: "1.0" }, /технологии 1\.0/],
  ])("is refused for %s, in the panel's words, and nothing was made", async (_, spec, words) => {
    await using console = await openConsole();
    const creating = console.applications.create(bodyOf(specOf(spec)), WRITE);
    await expect(creating).rejects.toMatchObject({
      kind: "invalid",
      message: expect.stringMatching(words),
    });
    expect(console.simulator.panel.applications.all()).toEqual([]);
  });

  it("is refused where the space is full, until somebody makes room", async () => {
    await using console = await openConsole();
    console.simulator.perform({ action: "set-quota", space: development, applications: 0 });
    const creating = console.applications.create(bodyOf(specOf()), WRITE);
    await expect(creating).rejects.toMatchObject({
      kind: "precondition",
      message: expect.stringContaining("Достигнута квота"),
    });
  });

  it("is not sent where it is not wanted any more once its turn and its build are there", async () => {
    await using console = await openConsole();
    const seen: string[] = [];
    const no = new Error("no longer wanted");
    const precondition = async (): Promise<void> => {
      seen.push(...console.simulator.ledger.entries.map(({ operation }) => operation));
      throw no;
    };
    const creating = console.applications.create(bodyOf(specOf()), { signal, precondition });
    await expect(creating).rejects.toBe(no);
    expect(seen).toEqual(["signIn", "getMe", "listAssemblies"]);
    expect(console.sent("createApplication")).toEqual([]);
  });
});
