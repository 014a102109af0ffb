import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mostAlivePerMarker } from "../../src/embedded/simulator/alive-per-marker.ts";
import { type OperatorProcess, startOperator } from "../operator-process.ts";
import { until } from "../until.ts";
import { applyInstance, startAccountLab, type Tenant, untilReady } from "./account-lab.ts";
import { Lab } from "./lab.ts";

/** Holds docs/operations.md to what it says; of backups and other clusters see restore.test.ts. */

describe("two operators of one cluster, each for namespaces of its own", () => {
  let lab: Lab;
  let other: OperatorProcess;
  let first: Tenant;
  let second: Tenant;
  beforeAll(async () => {
    ({ lab, first, second } = await startAccountLab());
    await lab.operator.end("SIGTERM");
    const operatorOf = ({ namespace }: Tenant): Promise<OperatorProcess> =>
      startOperator({
        ...lab.environment,
        WATCH_NAMESPACES: namespace,
        LEASE_NAMESPACE: namespace,
        LEADER_ELECTION: "true",
      });
    [lab.operator, other] = await Promise.all([operatorOf(first), operatorOf(second)]);
  });
  afterAll(async () => {
    await other.end("SIGKILL");
    await lab.stop();
    await second.removeNamespace();
  });

  it("both work, under one owner id and in one account, and leave each other's things alone", async () => {
    await applyInstance(first, "same");
    await applyInstance(second, "same");
    await untilReady(first, "hpci/same");
    await untilReady(second, "hpci/same");
    const both = lab.alive().map(({ label }) => label);
    await first.run("delete", "hpci/same", "--timeout=20s");
    const left = lab.alive().map(({ label }) => label);
    await second.run("delete", "hpci/same", "--timeout=20s");

    expect(new Set(both.map((label) => label.split("/")[0]))).toEqual(
      new Set([first.namespace, second.namespace]),
    );
    expect(left).toEqual([expect.stringContaining(`${second.namespace}/same`)]);
    const histories = mostAlivePerMarker(
      lab.simulator.ledger.entries,
      lab.simulator.park.clock.now(),
    );
    expect(histories.map(({ mostAlive }) => mostAlive)).toEqual([1, 1]);
  });
});

describe("resources that are deleted while there is no operator", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start();
    await lab.applyInstance("costly");
    await lab.applyInstance("kept");
    await lab.untilReady("hpci/costly", "hpci/kept");
    await lab.operator.end("SIGTERM");
    await lab.kubectl.run("delete", "hpci/costly", "hpci/kept", "--wait=false");
  });
  afterAll(() => lab.stop());

  it("hang, and what they stand for lives", async () => {
    const names = await lab.kubectl.run("get", "hpci", "-o", "name");

    expect(names.trim().split("\n")).toHaveLength(2);
    expect(lab.alive()).toHaveLength(2);
  });

  it("go when there is one again; what is to be retained by now stays at HPC Park", async () => {
    const patch = '{"spec":{"deletionPolicy":"Retain"}}';
    await lab.kubectl.run("patch", "hpci/kept", "--type=merge", "-p", patch);
    await lab.restart();
    await lab.untilGone("hpci");

    expect(lab.alive()).toMatchObject([{ label: expect.stringContaining("/kept ") }]);
  });
});

describe("another ordinary token in the place of the operator's", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start();
    await lab.applyInstance("one");
    await lab.applyInstance("two");
    await lab.untilReady("hpci/one", "hpci/two");
  });
  afterAll(() => lab.stop());

  /** Another one of the same user; what it sees is up to the panel. */
  const next = (name: string): string =>
    String(lab.simulator.perform({ action: "add-token", name }).token);
  const grantAll = (token: string): void => {
    for (const { id } of lab.alive())
      lab.simulator.perform({ action: "grant", kind: "instance", id, token });
  };

  it("sees nothing of what is there: nothing is made or deleted until it was granted all of it", async () => {
    const value = next("blind");
    const before = lab.simulator.ledger.entries.length;
    await writeFile(lab.tokenFile, value);
    await lab.untilReason("hpci/one", "Synced", "AccountSuspect");
    const since = lab.simulator.ledger.entries.slice(before);
    grantAll("blind");
    await lab.untilReason("hpci/one", "Synced", "ReconcileSuccess");
    await lab.untilReason("hpci/two", "Synced", "ReconcileSuccess");

    expect(since.filter(({ method }) => method !== "GET")).toEqual([]);
    expect(lab.alive()).toHaveLength(2);
  });

  it("is recorded where a look was asked for, and then proves what is gone", async () => {
    const value = next("granted");
    grantAll("granted");
    const { seenWith, id } = (await lab.instance("one")).status ?? {};
    await writeFile(lab.tokenFile, value);
    // The first answer may still be the former token's.
    await until("it was seen with the new token", async () => {
      const asked = `hpc-park.ru/reconcile-requested-at=${performance.now()}`;
      await lab.kubectl.run("annotate", "hpci/one", asked, "--overwrite");
      const { status } = await lab.instance("one");
      return status?.seenWith !== undefined && status.seenWith !== seenWith;
    });
    lab.simulator.perform({ action: "delete", kind: "instance", id: Number(id) });
    await until("it is made anew", () => lab.requests("createInstance").length === 3);
    await lab.untilReady("hpci/one");

    expect(lab.alive()).toHaveLength(2);
  });
});
