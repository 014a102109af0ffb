import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { kinds } from "../../src/api/kinds.ts";
import { luaInterpreters, runLua } from "../lua.ts";
import { PROJECT } from "../project.ts";
import { STATES } from "../unit/gitops/states.ts";

const FOLDER = join(PROJECT, "deploy/gitops/argocd");
const interpreters = await luaInterpreters();
const present = STATES.filter(({ object, argo }) => object !== undefined && argo !== undefined);

const { data }: { data: Record<string, string> } = parse(
  readFileSync(join(FOLDER, "argocd-cm.yaml"), "utf8"),
);

describe("argocd-cm.yaml", () => {
  it("holds the health check of every kind, and nothing else", () => {
    const keys = kinds.map(({ group, kind }) => `resource.customizations.health.${group}_${kind}`);
    expect(Object.keys(data)).toEqual(keys);
    expect(new Set(Object.values(data)).size).toBe(1);
  });
});

describe.skipIf(interpreters.length === 0).each(interpreters)(
  "the health check of Argo CD in %s",
  (program) => {
    const [script = ""] = Object.values(data);

    it.each(present)("says $argo: $what", async ({ object, argo }) => {
      const { status, message } = await runLua(program, script, { obj: object });
      expect(status).toBe(argo);
      expect(message).not.toBe("");
    });

    it.each([
      ["no status at all", undefined],
      ["a status without conditions", { observedGeneration: 1 }],
      ["an empty list of conditions", { observedGeneration: 1, conditions: [] }],
    ])("takes %s for not looked at", async (_, status) => {
      const object = { metadata: { generation: 1 }, status };
      expect(await runLua(program, script, { obj: object })).toMatchObject({
        status: "Progressing",
      });
    });
  },
);

describe("the states that are tried", () => {
  it("lead to every health there is", () => {
    expect(new Set(present.map(({ argo }) => argo))).toEqual(
      new Set(["Healthy", "Progressing", "Degraded", "Suspended", "Unknown"]),
    );
  });
});
