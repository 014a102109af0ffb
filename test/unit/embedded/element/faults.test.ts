import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mostAlivePerMarker } from "../../../../src/embedded/simulator/alive-per-marker.ts";
import type { FaultEffect } from "../../../../src/embedded/simulator/faults.ts";
import { NO_DELAYS } from "../../../../src/embedded/element/settings.ts";
import {
  type ElementSimulator,
  startElementSimulator,
} from "../../../../src/embedded/element/simulator.ts";
import { API, APPLICATIONS, HandClock, PanelClient, shop } from "./panel-client.ts";

const MARKER = "k8s-abcdefgh2345";

let simulator: ElementSimulator;
let client: PanelClient;
let clock: HandClock;

beforeEach(async () => {
  clock = new HandClock();
  simulator = await startElementSimulator({ clock, timings: { ...NO_DELAYS, deletingMs: 100 } });
  client = new PanelClient(simulator);
  await client.signIn();
});
afterEach(() => simulator.close());

const create = (changes: object = {}) =>
  client.send("POST", APPLICATIONS, shop(simulator, changes));
const alive = (): number => simulator.panel.applications.all().length;
const lastEntry = () => simulator.ledger.entries.at(-1);

describe("a fault", () => {
  it.each<[FaultEffect, number]>([
    [{ kind: "lose-answer" }, 1],
    [{ kind: "reset-before" }, 0],
  ])("%o of a creation gives no answer and makes %i", async (effect, made) => {
    simulator.faults.add({ match: { operation: "createApplication" }, effect });
    await expect(create()).rejects.toThrow("fetch failed");
    expect(alive()).toBe(made);
  });

  it.each<[FaultEffect, number, number]>([
    [{ kind: "status", status: 503 }, 503, 0],
    [{ kind: "status-after-work", status: 502 }, 502, 1],
    [{ kind: "plain-404" }, 404, 0],
  ])("%o of a creation answers %i and makes %i", async (effect, status, made) => {
    simulator.faults.add({ match: { operation: "createApplication" }, effect });
    expect((await create()).status).toBe(status);
    expect(alive()).toBe(made);
    expect(lastEntry()).toMatchObject({ status, faults: [effect.kind] });
  });

  it("can be one of signing in", async () => {
    simulator.faults.add({
      match: { operation: "signIn", times: 1 },
      effect: { kind: "status", status: 500 },
    });
    expect((await client.askToken()).status).toBe(500);
    expect((await client.askToken()).status).toBe(200);
  });

  it.each(["", "?result=page"])("leaves things out of the list %o by their ids", async (query) => {
    const made = ["one", "two", "three"].map((context) =>
      simulator.perform({ action: "create-application", context }),
    );
    const ids = made.map(({ id = "" }) => id);
    simulator.faults.add({ effect: { kind: "partial-list", ids: ids.slice(0, 1), newest: 1 } });
    const { text } = await client.send("GET", `${APPLICATIONS}${query}`);
    expect(ids.filter((id) => text.includes(id))).toEqual(ids.slice(1, 2));
  });

  it("hides the newest from lists, and from a card as well", async () => {
    const { id = "" } = simulator.perform({ action: "create-application" });
    simulator.faults.add({ effect: { kind: "hide-newest", ms: 50, alsoOne: true } });
    expect(await client.list(APPLICATIONS)).toEqual([]);
    const { status, json } = await client.send("GET", `${APPLICATIONS}/${id}`);
    expect([status, json]).toMatchObject([404, { code: 5, status: "NOT_FOUND" }]);
    clock.advance(50);
    expect(await client.list(APPLICATIONS)).toMatchObject([{ id }]);
    expect(await client.status("GET", `${APPLICATIONS}/${id}`)).toBe(200);
  });

  it("empties a page, which is a page still", async () => {
    simulator.perform({ action: "create-application" });
    simulator.faults.add({ effect: { kind: "empty-list" } });
    const { json } = await client.send("GET", `${APPLICATIONS}?result=page`);
    expect(json).toMatchObject({ totalElements: 0, totalPages: 0, last: true, content: [] });
  });

  it.each(["body", "connection"] as const)(
    "cuts Russian text inside a letter (%s)",
    async (how) => {
      simulator.perform({ action: "create-application", displayName: "Щ".repeat(2_000) });
      const token = await client.signIn();
      simulator.faults.add({ effect: { kind: "cut-body", how } });
      const response = await fetch(`${simulator.url}${APPLICATIONS}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      if (how === "connection") await expect(response.text()).rejects.toThrow("terminated");
      else expect(await response.text()).toMatch(/Щ\uFFFD$/);
    },
  );
});

describe("the ledger", () => {
  it("names every request, who sent it, and what it did", async () => {
    const { json } = await create({ description: `shop ${MARKER}` });
    const made: { id?: string } = json ?? {};
    expect(lastEntry()).toMatchObject({
      source: "api",
      method: "POST",
      path: APPLICATIONS,
      operation: "createApplication",
      tokenName: "main",
      workStatus: 200,
      status: 200,
      effects: [{ what: "created", kind: "application", id: made.id, label: `shop ${MARKER}` }],
    });
    await client.send("PUT", `${APPLICATIONS}/${made.id}/status/stop`);
    expect(lastEntry()).toMatchObject({
      operation: "stopApplication",
      effects: [{ what: "changed", id: made.id }],
    });
    await client.send("DELETE", `${APPLICATIONS}/${made.id}`);
    expect(lastEntry()).toMatchObject({
      operation: "deleteApplication",
      effects: [{ what: "deleted", id: made.id, goneAtMs: clock.now() + 100 }],
    });
    expect(await create({ "space-id": "x" })).toMatchObject({ status: 400 });
    expect(lastEntry()).toMatchObject({ workStatus: 400, effects: [] });
  });

  it("holds no secret and no token", async () => {
    const secret = "very-secret-value";
    const form = `grant_type=client_credentials&client_secret=${secret}`;
    await client.askToken(form);
    simulator.perform({ action: "add-client", name: "second", clientSecret: secret });
    await client.send("GET", `${API}/me`);
    const text = JSON.stringify(simulator.ledger.entries);
    for (const hidden of [secret, simulator.clientSecret, await client.signIn()]) {
      expect(text).not.toContain(hidden);
    }
  });

  it("counts how many applications bore one marker at once, up to their real end", async () => {
    const bearing = (context: string) =>
      create({ description: `shop ${MARKER}`, "publication-context": context });
    const { json } = await bearing("one");
    const { id }: { id?: string } = json ?? {};
    await client.send("DELETE", `${APPLICATIONS}/${id}`);
    clock.advance(99);
    await bearing("two");
    clock.advance(1_000);
    const { entries } = simulator.ledger;
    const [history] = mostAlivePerMarker(entries, clock.now());
    expect(history).toMatchObject({ kind: "application", marker: MARKER, mostAlive: 2 });
    expect(history?.longestTwinsMs).toBe(1);
    expect(mostAlivePerMarker(entries, clock.now(), "deleting")[0]?.mostAlive).toBe(1);
  });
});

type Step = "create" | "stop" | "start" | "suspend" | "restore" | "delete" | "wait" | "update";
const STEPS: readonly Step[] = [
  "create",
  "stop",
  "start",
  "suspend",
  "restore",
  "delete",
  "wait",
  "update",
];

describe("whatever is asked of the panel", () => {
  it("answers as the contract allows, and what is at rest is at one of four rests", async () => {
    const orders = fc.array(fc.tuple(fc.constantFrom(...STEPS), fc.nat(2)), { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(orders, async (steps) => {
        for (const [step, which] of steps) {
          const status = await take(step, which);
          expect([0, 200, 400, 404, 409]).toContain(status);
        }
        clock.advance(10_000);
        for (const { status, uri, ...card } of await client.list(`${APPLICATIONS}?deleted=false`)) {
          expect(["Running", "Stopped", "Error", "Frozen"]).toContain(status);
          expect(uri).not.toBe("");
          expect(card).not.toHaveProperty("current-task");
        }
      }),
      { numRuns: 15 },
    );
  });

  async function take(step: Step, which: number): Promise<number> {
    const path = `${APPLICATIONS}/${simulator.panel.applications.all()[which]?.id ?? "none"}`;
    switch (step) {
      case "wait":
        clock.advance(60);
        return 0;
      case "create":
        return (await create({ "publication-context": `shop-${which}` })).status;
      case "delete":
        return client.status("DELETE", path);
      case "update":
        return client.status("POST", `${path}/project/reapply`);
      default:
        return client.status("PUT", `${path}/status/${step}`);
    }
  }
});
