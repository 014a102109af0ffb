import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accountIn, applyAccount, applySecret, tokenOf, untilReady } from "./account-lab.ts";
import { until } from "../until.ts";
import { Lab } from "./lab.ts";

/** One GPU at 220, the container at 4, the address at 0.5. */
const PRICE = "224.50";

describe("what things cost", () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.start({}, { BILLING_INTERVAL_SECONDS: "0.3" });
  });
  afterAll(() => lab.stop());

  it("is shown on an instance and on a storage: by the hour, and this month so far", async () => {
    await lab.applyInstance("trainer");
    await lab.applyStorage("data");
    await lab.untilReady("hpci/trainer", "hpcs/data");
    const status = await until("something was spent", async () => {
      const seen = (await lab.instance("trainer")).status;
      return Number(seen?.spent ?? 0) > 0 ? seen : undefined;
    });
    const storage = await until("the storage has a price", async () => {
      const seen = (await lab.storage("data")).status;
      return seen?.pricePerHour === undefined ? undefined : seen;
    });

    expect(status.pricePerHour).toBe(PRICE);
    expect(storage.pricePerHour).toBe("2.00");
    const table = await lab.kubectl.run("get", "hpci/trainer");
    expect(table).toMatch(/₽\/H +SPENT/);
    expect(table).toContain(PRICE);
  });

  it("is a warning where it is switched off and billed all the same", async () => {
    await lab.applyInstance("trainer", { power: "Off" });
    const { message, status } = await lab.untilReason("hpci/trainer", "Ready", "StoppedButBilled");

    expect(message).toContain(`bills ${PRICE} an hour`);
    // It is as the spec asks.
    expect(status).toBe("True");
    lab.simulator.perform({ action: "set-billing", stoppedInstances: "free" });
    await lab.untilReason("hpci/trainer", "Ready", "PoweredOff");
    expect((await lab.instance("trainer")).status?.pricePerHour).toBe("0.00");
  });

  it("is not shown where HPC Park does not say, and troubles nobody", async () => {
    const effect = { kind: "status", status: 503, body: { detail: "busy" } } as const;
    const rule = lab.simulator.faults.add({ match: { operation: "getBilling" }, effect });
    await lab.applyInstance("unpriced");
    await lab.untilReady("hpci/unpriced");

    expect((await lab.instance("unpriced")).status?.pricePerHour).toBeUndefined();
    lab.simulator.faults.clear(rule);
    await until("it has a price", async () => {
      const { status } = await lab.instance("unpriced");
      return status?.pricePerHour === PRICE;
    });
  });

  it("all nine sections are mirrored by a kind", async () => {
    const tenant = { ...lab.kubectl, namespace: lab.namespace };
    const { simulator } = lab;
    await applySecret(tenant, "hpc-park", tokenOf(lab, 8, "paying"));
    const due = new Date(Date.now() - 86_400_000).toISOString();
    simulator.perform({ action: "add-invoice", user: 8, amount: 100, due_at: due });
    const prepaid = {
      gpu_type: "A100",
      gpu_count: 2,
      date_from: "2026-01-01",
      date_to: "2099-12-31",
    };
    simulator.perform({ action: "add-prepaid", user: 8, ...prepaid });
    await applyAccount(tenant, "paying", { tokenSecretRefs: [{ name: "hpc-park" }] });
    await untilReady(tenant, "hpca/paying");
    const { status } = await accountIn(tenant, "paying");

    expect(status).toMatchObject({
      user: { id: 8 },
      token: { name: "paying", kind: "Master", expiresAt: expect.any(String) },
      currency: "RUB",
      balance: expect.any(String),
      pricePerHour: "0.00",
      invoices: { open: 1, overdue: 1 },
      prepaid: [{ gpuType: "A100", gpuCount: 2, endsOn: "2099-12-31" }],
    });
    expect(status?.limits?.length).toBeGreaterThan(0);
    const table = await lab.kubectl.run("get", "hpca");
    expect(table).toMatch(/NAME +READY +TOKEN +EXPIRES +BALANCE +₽\/H +AGE/);
  });
});
