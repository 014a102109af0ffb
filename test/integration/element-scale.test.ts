import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LedgerEntry } from "../../src/embedded/simulator/ledger.ts";
import { until } from "../until.ts";
import { CONSOLE, ElementLab } from "./element-lab.ts";

const APPLICATIONS = 500;
const TICK_MS = 2_000;

describe(`${APPLICATIONS} applications`, () => {
  let lab: ElementLab;
  beforeAll(async () => {
    lab = await ElementLab.start(
      {},
      { POLL_INTERVAL_SECONDS: String(TICK_MS / 1_000), ACTIVE_POLL_INTERVAL_SECONDS: "1" },
    );
    for (let number = 0; number < APPLICATIONS; number += 1)
      lab.simulator.perform({ action: "create-application", context: `app-${number}` });
    await lab.applyConsole(CONSOLE, { discover: true });
    await until(
      "all are shown",
      async () => {
        const shown = await lab.kubectl.run(
          "get",
          "elapp",
          "-o",
          "jsonpath={.items[*].status.status}",
        );
        return shown.split(" ").length === APPLICATIONS;
      },
      { limitMs: 60_000 },
    );
  });
  afterAll(() => lab.stop());

  it("cost one list a tick, and nothing else but the question whose rights are used", async () => {
    const from = lab.simulator.ledger.entries.at(-1)?.seq ?? 0;
    const lists = (): readonly LedgerEntry[] =>
      lab.simulator.ledger.since(from).filter(({ operation }) => operation === "listApplications");
    await until("a few ticks are over", () => lists().length > 3, { limitMs: 30_000 });

    // In several pages, or once for each application, they would come close together.
    const times = lists().map(({ inMs }) => inMs);
    const gaps = times.slice(1).map((ms, index) => ms - (times[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(TICK_MS / 2);
    const others = lab.simulator.ledger
      .since(from)
      .filter(({ operation }) => !["listApplications", "getMe", "listSpaces"].includes(operation));
    expect(others.map(({ operation, path }) => `${operation} ${path}`)).toEqual([]);
  });

  it("are served by one sign-in", () => {
    expect(lab.requests("signIn")).toHaveLength(1);
  });
});
