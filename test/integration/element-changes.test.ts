import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SEED } from "../../src/embedded/element/seed.ts";
import { ElementLab } from "./element-lab.ts";

const shop = (assemblyVersion: string): object => ({
  source: { projectId: SEED.projects.shop, assemblyVersion },
});

describe("what changes of an application", () => {
  let lab: ElementLab;
  const idOf = async (name: string): Promise<string> =>
    String((await lab.application(name)).status?.id);

  beforeAll(async () => {
    lab = await ElementLab.start({
      settings: {
        technologyVersions: ["8.1", "8.2", "8.3"],
        brokenTechnologies: { "8.3": "нет места" },
      },
    });
    await lab.applyApplication("shop", { technologyVersion: "8.1" });
    await lab.untilInSync("shop", "1.0-9");
  });
  afterAll(() => lab.stop());

  it("is dumped before it is updated, where that is asked for, and only then", async () => {
    await lab.patch("shop", { backupBeforeUpdate: true, ...shop("1.0-10") });

    const { status } = await lab.untilInSync("shop", "1.0-10");

    const [dump] = lab.requests("createDump");
    const [update] = lab.requests("updateProject");
    expect(lab.requests("createDump")).toHaveLength(1);
    expect(update?.seq).toBeGreaterThan(dump?.seq ?? Infinity);
    expect(status).toBeDefined();
    // Long enough to be seen.
    lab.simulator.perform({ action: "set-timings", dumpingMs: 3_000 });
    await lab.patch("shop", shop("1.0-42"));
    await lab.untilReason("elapp/shop", "Ready", "BackingUp");
    lab.simulator.perform({ action: "set-timings", dumpingMs: 250 });
    const after = await lab.untilInSync("shop", "1.0-42");
    expect(lab.requests("createDump")).toHaveLength(2);
    expect(after.status?.dumps?.map(({ description }) => description)).toEqual([
      "before the update to 1.0-42",
      "before the update to 1.0-10",
    ]);
  });

  it("is not updated where the dump fails", async () => {
    const application = await idOf("shop");
    const updates = lab.requests("updateProject").length;
    const dumps = lab.requests("createDump").length;
    lab.simulator.perform({
      action: "fail-next-task",
      application,
      operation: "CreateApplicationDump",
      error: "диск переполнен",
    });

    await lab.patch("shop", shop("1.0-10"));

    const { message } = await lab.untilReason("elapp/shop", "Synced", "BackupFailed");
    expect(message).toContain("1.0-10");
    await lab.ticks(4);
    expect(lab.requests("updateProject")).toHaveLength(updates);
    expect(lab.requests("createDump")).toHaveLength(dumps + 1);
    await lab.patch("shop", { backupBeforeUpdate: false, ...shop("1.0-42") });
    await lab.untilInSync("shop", "1.0-42");
  });

  it("is started again after an update that left it stopped", async () => {
    lab.simulator.perform({ action: "set-settings", stopsAfterUpdate: true });

    await lab.patch("shop", shop("1.0-10"));

    const { status } = await lab.untilInSync("shop", "1.0-10");
    expect(status?.status).toBe("Running");
    expect(lab.requests("startApplication").length).toBeGreaterThan(0);
    lab.simulator.perform({ action: "set-settings", stopsAfterUpdate: false });
  });

  it("changes its technology version by a group task, and says what became of one that fails", async () => {
    await lab.patch("shop", { technologyVersion: "8.2" });
    const { status } = await lab.untilInSync("shop");
    expect(status?.technologyVersion).toBe("8.2");

    await lab.patch("shop", { technologyVersion: "8.3" });

    const { message } = await lab.untilReason("elapp/shop", "Synced", "TechnologyNotChanged");
    expect(message).toContain("нет места");
    expect(lab.requests("updateApplicationsTechnology")).toHaveLength(2);
    await lab.patch("shop", { technologyVersion: "8.2" });
    await lab.untilInSync("shop");
  });

  it("connects and disconnects user lists", async () => {
    const { staff, partners } = SEED.userLists;
    await lab.patch("shop", { userLists: [staff, partners] });
    await lab.untilInSync("shop");
    const connected = (await lab.application("shop")).status?.userLists;
    expect(connected?.toSorted()).toEqual([staff, partners].toSorted());

    await lab.patch("shop", { userLists: [partners] });

    await lab.untilInSync("shop");
    expect((await lab.application("shop")).status?.userLists).toEqual([partners]);
  });

  it("switches the automatic start of jobs and of the bus", async () => {
    await lab.patch("shop", { autostartingScheduledJobs: true, autostartingEsb: true });
    await lab.untilInSync("shop");
    const { status } = await lab.application("shop");
    expect(status).toMatchObject({ autostartingScheduledJobs: true, autostartingEsb: true });

    await lab.patch("shop", { autostartingScheduledJobs: false, autostartingEsb: false });

    await lab.untilInSync("shop");
    const after = await lab.application("shop");
    expect(after.status).toMatchObject({
      autostartingScheduledJobs: false,
      autostartingEsb: false,
    });
  });

  it("is at rest after all that: a list a tick, and no writes", async () => {
    const isWrite = (method: string, operation: string): boolean =>
      method !== "GET" && operation !== "signIn";
    const from = lab.simulator.ledger.entries.at(-1)?.seq ?? 0;
    const { resourceVersion } = (await lab.application("shop")).metadata;
    const ticks = 3;
    await expect
      .poll(
        () =>
          lab.simulator.ledger
            .since(from)
            .filter(({ operation }) => operation === "listApplications").length,
        {
          timeout: 10_000,
        },
      )
      .toBeGreaterThan(ticks);

    const since = lab.simulator.ledger.since(from);
    expect(since.filter(({ method, operation }) => isWrite(method, operation))).toEqual([]);
    expect(since.filter(({ operation }) => operation === "listApplicationTasks")).toEqual([]);
    expect((await lab.application("shop")).metadata.resourceVersion).toBe(resourceVersion);
  });

  it("is as it was for the next operator: a start writes nothing", async () => {
    const { resourceVersion } = (await lab.application("shop")).metadata;
    await lab.operator.end("SIGTERM");
    const from = lab.simulator.ledger.entries.at(-1)?.seq ?? 0;
    await lab.restart();
    await expect
      .poll(
        () =>
          lab.simulator.ledger
            .since(from)
            .filter(({ operation }) => operation === "listApplications").length,
        { timeout: 10_000 },
      )
      .toBeGreaterThan(2);

    expect((await lab.application("shop")).metadata.resourceVersion).toBe(resourceVersion);
  });
});
