import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PanelAction } from "../../../../src/embedded/element/panel-action.ts";
import { SEED } from "../../../../src/embedded/element/seed.ts";
import { NO_DELAYS } from "../../../../src/embedded/element/settings.ts";
import {
  type ElementSimulator,
  startElementSimulator,
} from "../../../../src/embedded/element/simulator.ts";
import { API, APPLICATIONS, PanelClient, shop } from "./panel-client.ts";

let simulator: ElementSimulator;
let client: PanelClient;
let control: PanelClient;

beforeEach(async () => {
  simulator = await startElementSimulator({ timings: NO_DELAYS });
  client = new PanelClient(simulator);
  control = new PanelClient(simulator).use(null);
});
afterEach(() => simulator.close());

const panel = (action: PanelAction) => control.card("POST", "/_control/panel", action);

describe("the control path of the Element simulator", () => {
  it("adds, lists and clears fault rules", async () => {
    const rule = {
      match: { operation: "listApplications" },
      effect: { kind: "partial-list", ids: ["a", "b"] },
    };
    const { id } = await control.card("POST", "/_control/faults", rule);
    expect(await control.list("/_control/faults")).toEqual([{ ...rule, id, seen: 0, hits: 0 }]);
    expect(await control.status("DELETE", `/_control/faults/${id}`)).toBe(204);
    await control.send("POST", "/_control/faults", rule);
    expect(await control.status("DELETE", "/_control/faults")).toBe(204);
    expect(await control.list("/_control/faults")).toEqual([]);
  });

  it.each<[string, object]>([
    ["faults", { effect: { kind: "explode" } }],
    ["faults", { match: { path: "(" }, effect: { kind: "hang" } }],
    ["panel", { action: "dance" }],
    ["panel", { action: "set-settings", colour: "red" }],
    ["panel", { action: "set-settings", assembliesAs: "tree" }],
    ["panel", { action: "delete-application", application: "none" }],
    ["panel", { action: "fail-next-task", operation: "Dance", error: "x" }],
  ])("refuses to %s %o", async (path, body) => {
    expect(await control.status("POST", `/_control/${path}`, body)).toBeGreaterThanOrEqual(400);
  });

  it("does over the wire all that a test can do in its own process", async () => {
    const { id } = await panel({ action: "create-application", description: "соседа" });
    const actions: PanelAction[] = [
      { action: "edit-description", application: id, description: "другое" },
      { action: "rename-application", application: id, displayName: "Соседнее" },
      { action: "stop-application", application: id },
      { action: "start-application", application: id },
      { action: "set-quota", space: SEED.spaces.production, applications: 5 },
      { action: "add-user-list", space: SEED.spaces.production, presentation: "Гости" },
      { action: "set-timings", deletingMs: 3_600_000 },
      { action: "set-rights", client: "main", rights: "read-only" },
    ];
    for (const action of actions) await panel(action);
    const card = await client.card("GET", `${APPLICATIONS}/${id}`);
    expect(card).toMatchObject({ description: "другое", "display-name": "Соседнее" });
    expect(await client.list(`${API}/user-lists`)).toHaveLength(3);
    expect(await client.status("DELETE", `${APPLICATIONS}/${id}`)).toBe(403);
    await panel({ action: "delete-application", application: id });
    expect(await client.status("GET", `${APPLICATIONS}/${id}`)).toBe(200);
    await panel({ action: "pass-time", ms: 3_600_000 });
    await client.signIn();
    expect(await client.status("GET", `${APPLICATIONS}/${id}`)).toBe(404);
  });

  it("shows state, markers and ledger without a secret", async () => {
    await client.send("POST", APPLICATIONS, shop(simulator, { description: "x k8s-abcdefgh2345" }));
    const state = await control.send("GET", "/_control/state");
    expect(state.json).toMatchObject({
      settings: { language: "ru" },
      applications: [{ "display-name": "Магазин", hasDrafts: false }],
      clients: [{ name: "main", rights: "all", spaces: "all" }],
    });
    const markers = await control.list("/_control/markers");
    expect(markers).toMatchObject([{ kind: "application", mostAlive: 1 }]);
    const ledger = await control.card("GET", "/_control/ledger?since=1");
    expect(ledger["entries"]).toMatchObject([{ operation: "createApplication" }]);
    const text = `${state.text}${JSON.stringify(ledger)}`;
    expect(text).not.toContain(simulator.clientSecret);
  });

  it("is there while the panel is coming up", async () => {
    await panel({ action: "set-settings", startingUp: true });
    expect(await control.status("GET", "/_control/state")).toBe(200);
    await panel({ action: "set-settings", startingUp: false });
    expect(await client.status("GET", APPLICATIONS)).toBe(200);
  });
});
