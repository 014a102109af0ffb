import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../until.ts";
import {
  applyAccount,
  applyInstance,
  applyInstances,
  applySecret,
  startAccountLab,
  type Tenant,
  tokenOf,
  untilReady,
  untilReason,
  usersOfInstances,
} from "./account-lab.ts";
import type { Lab } from "./lab.ts";

const MANY = 200;
/** A machine that has other work, too, takes its time for so many. */
const LONG = { limitMs: 90_000 };

/** The whole objects would be more than a pipe of kubectl holds. */
const READY = 'jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}';

describe("the token of an account", () => {
  let lab: Lab;
  let first: Tenant;
  let second: Tenant;
  beforeAll(async () => {
    ({ lab, first, second } = await startAccountLab({
      // None is to fail for want of time.
      REQUEST_TIMEOUT_SECONDS: "15",
    }));
  });
  afterAll(async () => {
    await lab.stop();
    await second.removeNamespace();
  });

  /** Reconciles that failed; a conflict is the API server's way to say "read again". */
  const failures = (): string[] =>
    lab.operator
      .log()
      .split("\n")
      .filter((line) => /"will retry"|"reconcile failed"/.test(line));

  it("is replaced under the load of many without one failed reconcile", async () => {
    await applySecret(first, "hpc-park", tokenOf(lab, 8, "old"));
    await applyAccount(first, "default");
    await untilReady(first, "hpca/default");
    const names = Array.from({ length: MANY }, (_, index) => `many-${index}`);
    await applyInstances(first, names);
    await until("the work has begun", () => usersOfInstances(lab).length > 0, LONG);
    await applySecret(first, "hpc-park", tokenOf(lab, 8, "new"));
    // Before anybody has read the Secret anew, and in the middle of the work.
    lab.simulator.perform({ action: "revoke-token", name: "old" });
    await until("all are there", () => usersOfInstances(lab).length === MANY, LONG);
    await until(
      "all are ready",
      async () => {
        const states = await first.run("get", "hpci", "-o", READY);
        return states.split(" ").filter((state) => state === "True").length === MANY;
      },
      LONG,
    );

    expect(failures()).toEqual([]);
    expect(lab.simulator.ledger.entries.some(({ status }) => status === 401)).toBe(true);
    expect(usersOfInstances(lab)).toEqual(Array.from({ length: MANY }, () => 8));
  }, 120_000);

  it("is replaced by the second one where the first is refused", async () => {
    await applySecret(second, "a", tokenOf(lab, 9, "a"));
    await applySecret(second, "b", tokenOf(lab, 9, "b"));
    await applyAccount(second, "team", { tokenSecretRefs: [{ name: "a" }, { name: "b" }] });
    await applyInstance(second, "steady", { accountRef: { name: "team" } });
    await untilReady(second, "hpci/steady");
    const before = failures();
    lab.simulator.perform({ action: "revoke-token", name: "a" });
    await until("the second is in use", async () => {
      const object = JSON.parse(await second.run("get", "hpca", "team", "-o", "json"));
      return object.status?.token?.name === "b";
    });
    await second.run("patch", "hpci/steady", "--type=merge", "-p", '{"spec":{"gpuCount":2}}');
    await untilReady(second, "hpci/steady");

    expect(failures()).toEqual(before);
  });

  it("lasts until a namespace is empty, though its Secret goes first and the operator is started anew", async () => {
    await second.run("delete", "namespace", second.namespace, "--wait=false");
    // The API server has no namespace controller, so this is its part: Secrets go as early as anything else.
    await second.run("delete", "secret", "--all", "--wait=false");
    await lab.operator.end("SIGKILL");
    await second.run("delete", "hpca,hpci,hpcs", "--all", "--wait=false");
    await lab.restart();
    await until(
      "nothing is left",
      async () => {
        const left = await second.run("get", "hpca,hpci,hpcs,secret", "-o", "name");
        return left.trim() === "";
      },
      { seen: () => lab.operator.log().split("\n").slice(-20) },
    );

    expect(usersOfInstances(lab).filter((user) => user === 9)).toEqual([]);
  });

  it("is waited for where the server is away, and the account says so", async () => {
    lab.simulator.faults.add({ effect: { kind: "status", status: 503 } });
    await first.run("delete", "hpca/default", "hpci/many-0", "--wait=false");
    await untilReason(first, "hpca/default", "Synced", "InUse");
    await untilReason(first, "hpca/default", "Reconciling", "Unreachable");
    lab.simulator.faults.clear();
    await until("many-0 is gone", () => usersOfInstances(lab).length === MANY - 1);
  });
});
