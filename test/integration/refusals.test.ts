import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Lab } from "./lab.ts";
import { until } from "../until.ts";

/** Far more than a backoff sends in the time of a test, far fewer than a hot loop would. */
const FEW = 8;

describe("answers that say no", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start();
  });
  afterAll(() => lab.stop());

  const eventsOf = async (name: string): Promise<string[]> => {
    const events: { reason: string; involvedObject: { name: string } }[] = JSON.parse(
      await lab.kubectl.run("get", "events", "-o", "json"),
    ).items;
    return events
      .filter(({ involvedObject }) => involvedObject.name === name)
      .map(({ reason }) => reason);
  };

  it("repeats the provider's words when it refuses a spec, and delays no other", async () => {
    await lab.applyInstance("refused", { gpuType: "Q9999" });
    const { message } = await lab.untilReason("hpci/refused", "Stalled", "Refused");
    await lab.applyInstance("fine");
    await lab.untilReady("hpci/fine");
    const posts = lab.requests("createInstance").filter(({ status }) => status === 422);
    await lab.kubectl.run("delete", "hpci/refused", "hpci/fine", "--timeout=20s");

    expect(message).toContain("A100");
    expect(posts.length).toBeLessThan(FEW);
    expect((await eventsOf("refused")).filter((reason) => reason === "Refused")).toHaveLength(1);
  });

  it("goes on at once when the spec is mended", async () => {
    await lab.applyInstance("mended", { gpuType: "Q9999" });
    await lab.untilReason("hpci/mended", "Stalled", "Refused");

    await lab.kubectl.run(
      "patch",
      "hpci/mended",
      "--type=merge",
      "-p",
      '{"spec":{"gpuType":"H100"}}',
    );
    await lab.untilReady("hpci/mended");
    await lab.kubectl.run("delete", "hpci/mended", "--timeout=20s");
  });

  it("says that there is no quota, and comes back when there is", async () => {
    lab.simulator.perform({ action: "set-limits", gpus: { A100: 0 } });
    await lab.applyInstance("greedy");
    const { message } = await lab.untilReason("hpci/greedy", "Stalled", "QuotaExceeded");

    lab.simulator.perform({ action: "set-limits" });
    await lab.untilReady("hpci/greedy");

    expect(message).toMatch(/A100/);
    expect(lab.alive()).toHaveLength(1);
  });

  it("says that the token is bad, deletes nothing for it, and takes a new one from the file", async () => {
    lab.simulator.perform({ action: "expire-token", name: "ordinary" });
    await lab.applyInstance("locked-out");
    const { message } = await lab.untilReason("hpci/locked-out", "Stalled", "Unauthorized");
    const { token } = lab.simulator.perform({ action: "add-token", name: "fresh", master: true });

    await writeFile(lab.tokenFile, String(token));
    await lab.untilReady("hpci/locked-out", "hpci/greedy");

    expect(message).toContain("token");
    expect(lab.alive()).toHaveLength(2);
  });

  it("waits as long as a 429 says, for the whole account", async () => {
    const refusedAt = lab.simulator.ledger.entries.length;
    lab.simulator.faults.add({
      match: { method: "POST", times: 1 },
      effect: {
        kind: "status",
        status: 429,
        headers: { "retry-after": "1" },
        body: { detail: "slow down" },
      },
    });

    await lab.applyInstance("patient");
    await lab.untilReady("hpci/patient");

    const entries = lab.simulator.ledger.entries.slice(refusedAt);
    const index = entries.findIndex(({ status }) => status === 429);
    const refusedMs = Number(entries[index]?.outMs);
    // What crossed the refusal on its way had left before anybody could read it.
    const next = entries.find(({ inMs }) => inMs > refusedMs + 100);
    expect(Number(next?.inMs) - refusedMs).toBeGreaterThan(900);
    expect(lab.alive()).toHaveLength(3);
  });

  it("turns Ready to Unknown when the provider cannot be read for two ticks, and back", async () => {
    lab.simulator.faults.add({ effect: { kind: "status", status: 503, body: "down" } });
    const { status } = await lab.untilReason("hpci/patient", "Ready", "Unreachable");
    const ready = await fetch(`${lab.operator.healthUrl()}/readyz`);

    lab.simulator.faults.clear();
    await lab.untilReason("hpci/patient", "Ready", "Available");

    expect(status).toBe("Unknown");
    expect(ready.status).toBe(200);
    expect(lab.alive()).toHaveLength(3);
  });

  it("takes no lie for gone: empty, cut and plain answers delete nothing and make nothing", async () => {
    const posts = lab.requests("createInstance").length;
    for (const effect of [
      { kind: "cut-body" },
      { kind: "plain-404" },
      { kind: "status", status: 404, body: "<html>not here</html>" },
    ] as const) {
      lab.simulator.faults.add({ match: { method: "GET", times: 3 }, effect });
      const before = lab.requests("listInstances").length;
      await until("looks again", () => lab.requests("listInstances").length > before + 6);
      lab.simulator.faults.clear();
    }
    await lab.untilReady("hpci/patient");

    expect(lab.requests("createInstance")).toHaveLength(posts);
    expect(lab.requests("deleteInstance").every(({ status }) => status === 204)).toBe(true);
    expect(lab.alive()).toHaveLength(3);
  });
});
