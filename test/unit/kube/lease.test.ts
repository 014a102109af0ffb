import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KubeClient } from "../../../src/kube/client.ts";
import { Lease, type LeaseOptions } from "../../../src/kube/lease.ts";
import { KubeTransport } from "../../../src/kube/transport.ts";
import { answer } from "./fake-api-server.ts";
import { FakeLeaseServer } from "./fake-lease-server.ts";
import { until } from "../../until.ts";

/** The proportions of real life. */
const TIMES = { leaseDurationMs: 600, renewDeadlineMs: 400, retryPeriodMs: 50 };

let api: FakeLeaseServer;
let transport: KubeTransport;
let stopping: AbortController;
let running: Promise<void>[];
let log: string[];

beforeEach(async () => {
  api = await FakeLeaseServer.start();
  transport = new KubeTransport({ kubeConfig: api.server.kubeConfig, userAgent: "test" });
  stopping = new AbortController();
  running = [];
  log = [];
});
afterEach(async () => {
  stopping.abort();
  await Promise.all(running);
  await transport.close();
  await api[Symbol.asyncDispose]();
});

function candidate(identity: string, options: Partial<LeaseOptions> = {}): Lease {
  return new Lease({
    client: new KubeClient(transport),
    namespace: "n",
    name: "l",
    identity,
    log: (_, message) => log.push(message),
    ...TIMES,
    ...options,
  });
}

function start(lease: Lease, signal = stopping.signal): Lease {
  running.push(lease.run(signal));
  return lease;
}

async function isSettled(promise: Promise<void>): Promise<boolean> {
  return Promise.race([promise.then(() => true), Promise.resolve(false)]);
}

describe("a Lease that cannot be reached", () => {
  it("is told of as long as it lasts, for such a standby could not take over", async () => {
    api.intercept = (response) => {
      answer(response, 403, { kind: "Status", message: "no right to it", reason: "Forbidden" });
      return true;
    };
    const lease = start(candidate("one"));
    await until("it says why", () => lease.failure?.includes("no right to it"));
    expect(log).toHaveLength(1);

    api.intercept = () => false;
    await lease.acquired;
    expect(lease.failure).toBeUndefined();
  });

  it("is no failure where another holds it", async () => {
    await start(candidate("one")).acquired;
    const standby = start(candidate("two"));
    await new Promise((resolve) => setTimeout(resolve, 3 * TIMES.retryPeriodMs));
    expect(standby.failure).toBeUndefined();
  });
});

describe("acquiring", () => {
  it("makes the lease where there is none", async () => {
    const lease = start(candidate("one"));

    await lease.acquired;

    expect(lease.isHeld()).toBe(true);
    expect(api.lease?.spec).toMatchObject({
      holderIdentity: "one",
      leaseDurationSeconds: 1,
      leaseTransitions: 0,
      renewTime: expect.stringMatching(/T\d\d:\d\d:\d\d\.\d{6}Z$/),
    });
  });

  it("leaves it to who holds and renews it", async () => {
    const first = start(candidate("one"));
    await first.acquired;
    const second = start(candidate("two", { leaseDurationMs: 150 }));
    const renewals = (): number => api.writes().length;

    await until("many renewals", () => renewals() > 8);

    expect(await isSettled(second.acquired)).toBe(false);
    expect(second.isHeld()).toBe(false);
  });

  it("takes it over when its record has not changed for its duration, whatever its times say", async () => {
    const future = "2999-01-01T00:00:00.000000Z";
    api.store({ holderIdentity: "dead", leaseDurationSeconds: 1, renewTime: future });
    const startedMs = performance.now();
    const lease = start(candidate("one"));

    await lease.acquired;

    expect(performance.now() - startedMs).toBeGreaterThan(1_000);
    expect(api.lease?.spec).toMatchObject({ holderIdentity: "one", leaseTransitions: 1 });
  });

  it("takes at once what was given up", async () => {
    api.store({ holderIdentity: "", leaseDurationSeconds: 60 });
    const lease = start(candidate("one"));

    await lease.acquired;

    expect(api.lease?.spec.leaseTransitions).toBe(1);
  });

  it("gives one of many that race the lease, and the others no reason to complain", async () => {
    const candidates = ["one", "two", "three", "four"].map((name) => start(candidate(name)));

    await Promise.any(candidates.map(({ acquired }) => acquired));
    await until("some renewals", () => api.writes().length > 6);

    expect(candidates.filter((lease) => lease.isHeld())).toHaveLength(1);
    expect(log).toEqual(["leading"]);
  });
});

describe("a standby", () => {
  const SELDOM = { retryPeriodMs: 60_000, renewDeadlineMs: 120_000 };

  it("hears at once that the lease was given up", async () => {
    api.store({ holderIdentity: "one", leaseDurationSeconds: 600 });
    const standby = start(candidate("two", { ...SELDOM, transport }));
    await until("it watches", () => api.watching === 1);

    api.store({ holderIdentity: "" });

    await standby.acquired;
    await until("it watches no longer", () => api.watching === 0);
  });

  it("tries as soon as the lease has run out, not when its next try is due", async () => {
    api.store({ holderIdentity: "dead" });
    const standby = start(candidate("two", { ...SELDOM, transport }));

    await standby.acquired;

    expect(api.lease?.spec.holderIdentity).toBe("two");
  });

  it("waits anew for a lease that it hears being renewed", async () => {
    api.store({ holderIdentity: "one" });
    const standby = start(candidate("two", { ...SELDOM, transport }));
    await until("it watches", () => api.watching === 1);
    for (let renewal = 0; renewal < 8; renewal += 1) {
      api.store({ renewTime: String(renewal) });
      await new Promise((resolve) => setTimeout(resolve, 200));
    }

    expect(await isSettled(standby.acquired)).toBe(false);
  });

  it("goes on trying where it may not watch", async () => {
    api.store({ holderIdentity: "one", leaseDurationSeconds: 600 });
    api.intercept = (response, { query }) => {
      if (!query.has("watch")) return false;
      answer(response, 403, { kind: "Status", message: "no right to it", reason: "Forbidden" });
      return true;
    };
    const standby = start(candidate("two", { transport }));
    await until("it has tried", () => api.server.calls.length > 2);

    api.store({ holderIdentity: "" });

    await standby.acquired;
  });
});

describe("holding", () => {
  it("keeps the time of acquisition and counts no transition when it renews", async () => {
    const lease = start(candidate("one"));
    await lease.acquired;
    const acquireTime = api.lease?.spec.acquireTime;

    await until("renewals", () => api.writes().length > 3);

    expect(api.lease?.spec).toMatchObject({ acquireTime, leaseTransitions: 0 });
  });

  it("is over for a writer who needs more time than is left", async () => {
    let nowMs = 1_000;
    const lease = start(candidate("one", { now: () => nowMs, retryPeriodMs: 60_000 }));
    await lease.acquired;

    nowMs += 399;
    const held = [lease.isHeld(), lease.isHeld(200), lease.isHeld(202)];
    nowMs += 1;

    expect(held).toEqual([true, true, false]);
    expect(lease.isHeld()).toBe(false);
  });

  it("counts from when the request began, not from when its answer came", async () => {
    let nowMs = 1_000;
    api.intercept = (_, { method }) => {
      if (method === "POST") nowMs += 300;
      return false;
    };
    const lease = start(candidate("one", { now: () => nowMs, retryPeriodMs: 60_000 }));
    await lease.acquired;

    nowMs += 101;

    expect(lease.isHeld()).toBe(false);
  });

  it("survives a conflict and an outage that is shorter than the deadline, told once", async () => {
    const times = { leaseDurationMs: 6_000, renewDeadlineMs: 4_000 };
    const lease = start(candidate("one", times));
    await lease.acquired;
    api.store({});
    let failures = 0;
    api.intercept = (response) => {
      if (failures >= 3) return false;
      failures += 1;
      answer(response, 503, {});
      return true;
    };

    await until("the outage is over", () => failures === 3);
    const writes = api.writes().length;
    await until("renewals", () => api.writes().length > writes + 2);

    expect(lease.isHeld()).toBe(true);
    expect(log.filter((message) => message.includes("could not be renewed"))).toHaveLength(1);
  });
});

describe("losing", () => {
  it.each([
    { how: "refuses", refuse: true },
    { how: "says nothing any more", refuse: false },
  ])("happens by the deadline when the API server $how", async ({ refuse }) => {
    const times = { leaseDurationMs: 1_500, renewDeadlineMs: 1_000, retryPeriodMs: 100 };
    const lease = start(candidate("one", times));
    await lease.acquired;
    const startedMs = performance.now();
    api.intercept = (response) => {
      if (refuse) answer(response, 503, {});
      return true;
    };

    await lease.lost;
    const tookMs = performance.now() - startedMs;

    expect(lease.isHeld()).toBe(false);
    // Well before another may lead.
    expect(tookMs).toBeLessThan(1_150);
    expect(tookMs).toBeGreaterThan(900);
  });

  it("happens at once when another has taken it", async () => {
    const lease = start(candidate("one", { renewDeadlineMs: 60_000, leaseDurationMs: 90_000 }));
    await lease.acquired;

    api.store({ holderIdentity: "thief" });
    await lease.lost;

    expect(lease.isHeld()).toBe(false);
    expect(api.lease?.spec.holderIdentity).toBe("thief");
  });

  it("happens when another has taken it and given it up again in the meantime", async () => {
    const lease = start(candidate("one", { renewDeadlineMs: 60_000, leaseDurationMs: 90_000 }));
    await lease.acquired;

    api.store({ holderIdentity: "", leaseTransitions: 1 });
    await lease.lost;

    expect(api.lease?.spec.holderIdentity).toBe("");
  });

  it("happens to a process that slept through the deadline: it does not renew as if nothing had been", async () => {
    let nowMs = 1_000;
    const lease = start(candidate("one", { now: () => nowMs, retryPeriodMs: 50 }));
    await lease.acquired;
    const callsBefore = api.server.calls.length;

    nowMs += 10_000;
    await lease.lost;

    expect(api.server.calls).toHaveLength(callsBefore);
    expect(lease.isHeld()).toBe(false);
  });
});

describe("releasing", () => {
  it("lets another lead at once", async () => {
    const ending = new AbortController();
    const first = start(candidate("one", { leaseDurationMs: 60_000 }), ending.signal);
    await first.acquired;
    const second = start(candidate("two", { leaseDurationMs: 60_000 }));
    const startedMs = performance.now();

    ending.abort();
    await running[0];
    await first.release(AbortSignal.timeout(1_000));
    await second.acquired;

    expect(performance.now() - startedMs).toBeLessThan(1_000);
    expect(first.isHeld()).toBe(false);
    expect(api.lease?.spec).toMatchObject({ holderIdentity: "two", leaseTransitions: 1 });
  });

  it("works though the last renewal was cut short", async () => {
    const ending = new AbortController();
    const lease = start(candidate("one"), ending.signal);
    await lease.acquired;
    let isHung = false;
    api.intercept = (_, { method }) => {
      if (isHung || method !== "PUT") return false;
      isHung = true;
      ending.abort();
      return true;
    };
    await running[0];

    await lease.release(AbortSignal.timeout(1_000));

    expect(api.lease?.spec.holderIdentity).toBe("");
  });

  it("writes nothing where the lease is not held", async () => {
    api.store({ holderIdentity: "other" });
    const lease = candidate("one");

    await lease.release(AbortSignal.timeout(1_000));

    expect(api.server.calls).toHaveLength(0);
  });
});
