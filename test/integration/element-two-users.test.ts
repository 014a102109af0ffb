import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ElementApplication } from "../../src/api/element-application.ts";
import { until } from "../until.ts";
import { applicationObject, CONSOLE, ElementLab } from "./element-lab.ts";

/** A console of the same panel, whose client is another user's. */
const OTHER = "other";

describe("two users of one panel", () => {
  let lab: ElementLab;
  const shown = async (): Promise<readonly ElementApplication[]> =>
    JSON.parse(await lab.kubectl.run("get", "elapp", "-o", "json")).items;
  const consolesShown = async (): Promise<readonly string[]> =>
    (await shown()).map(({ spec }) => spec.consoleRef.name);

  beforeAll(async () => {
    lab = await ElementLab.start();
    lab.simulator.perform({
      action: "create-application",
      context: "shop",
      displayName: "Shop",
    });
    await lab.applyClient(OTHER, lab.simulator.panel.clients.add({ name: OTHER }));
    await lab.applyConsole(OTHER, { clientSecretRef: { name: OTHER } });
    await lab.untilReady(`elcon/${OTHER}`);
  });
  afterAll(() => lab.stop());

  it("have one mirror of each application, and the second takes over where the first ends", async () => {
    await lab.applyConsole(CONSOLE, { discover: true });
    await until("the first shows it", async () => (await consolesShown()).length === 1);
    await lab.applyConsole(OTHER, { clientSecretRef: { name: OTHER }, discover: true });
    await lab.applyConsole(CONSOLE, { discover: false });

    await until("the second shows it", async () => {
      const consoles = await consolesShown();
      return consoles.length === 1 && consoles[0] === OTHER;
    });
  });

  it("do not fight over an application that both adopt", async () => {
    const [mirror] = await shown();
    const adopt = { id: String(mirror?.spec.adopt?.id) };
    const adopting = (console: string, power: string): object => ({
      consoleRef: { name: console },
      adopt,
      power,
    });
    await lab.apply(applicationObject("first", adopting(CONSOLE, "Running")));
    await lab.untilInSync("first");

    await lab.apply(applicationObject("second", adopting(OTHER, "Stopped")));

    const { message } = await lab.untilReason("elapp/second", "Synced", "AdoptRefused");
    expect(message).toContain("/first");
    await until("no mirror is left", async () => (await shown()).length === 2);
    await lab.kubectl.run("delete", "elapp", "second");
    expect(lab.simulator.panel.applications.all()).toHaveLength(1);
    expect(lab.requests("stopApplication")).toEqual([]);
    expect(lab.requests("deleteApplication")).toEqual([]);
  });
});
