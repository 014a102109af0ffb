import { describe, expect, it } from "vitest";
import { openConsole, type OpenConsole, running, signal } from "./open-console.ts";

const HOUR_MS = 3_600_000;
const CALLS = 10_000;
/** At a time, so that many wait for the same token. */
const BATCH = 100;

const signIns = ({ sent }: OpenConsole): number => sent("signIn").length;

/** A token takes so long that all others have come to wait for it. */
function slowDown({ simulator }: OpenConsole): void {
  const effect = { kind: "delay", ms: 100 } as const;
  simulator.faults.add({ match: { operation: "signIn" }, effect });
}

describe("the token of a panel", () => {
  it("is fetched once, however many wait for it, and serves all of them", async () => {
    await using console = await openConsole();
    const { applications, clock } = console;
    await applications.list(signal);
    clock.advance(HOUR_MS);
    slowDown(console);

    await Promise.all(Array.from({ length: 50 }, () => applications.get("nobody", signal)));

    expect(signIns(console)).toBe(2);
    expect(console.sent("getApplication").map(({ status }) => status)).toEqual(
      Array.from({ length: 50 }, () => 404),
    );
  });

  it("is fetched no more than four times for 10,000 calls in three hours", async () => {
    await using console = await openConsole();
    const { applications, clock } = console;
    for (let done = 0; done < CALLS; done += BATCH) {
      await Promise.all(Array.from({ length: BATCH }, () => applications.get("nobody", signal)));
      clock.advance((3 * HOUR_MS * BATCH) / CALLS);
    }

    expect(signIns(console)).toBeLessThanOrEqual(4);
    const statuses = new Set(console.sent("getApplication").map(({ status }) => status));
    expect([...statuses]).toEqual([404]);
    expect(console.sent("getApplication")).toHaveLength(CALLS);
  }, 60_000);

  it("is replaced a minute before its end, and not before", async () => {
    await using console = await openConsole();
    const { applications, clock } = console;
    await applications.list(signal);
    clock.advance(HOUR_MS - 60_001);
    await applications.list(signal);
    expect(signIns(console)).toBe(1);

    clock.advance(1);
    await applications.list(signal);

    expect(signIns(console)).toBe(2);
  });

  it("of two seconds is replaced in time as well", async () => {
    await using console = await openConsole({ settings: { tokenLifetimeS: 2 } });
    const { applications, clock } = console;
    await applications.list(signal);
    clock.advance(999);
    await applications.list(signal);
    expect(signIns(console)).toBe(1);

    clock.advance(1);
    await applications.list(signal);

    expect(signIns(console)).toBe(2);
  });

  it("that the panel does not take any more is renewed once, and the call repeated once", async () => {
    await using console = await openConsole();
    const { applications, simulator } = console;
    await applications.list(signal);
    simulator.perform({ action: "invalidate-tokens" });

    await expect(applications.list(signal)).resolves.toEqual([]);

    expect(signIns(console)).toBe(2);
    expect(console.sent("listApplications").map(({ status }) => status)).toEqual([200, 401, 200]);
  });

  it("is renewed once for all who were refused with it", async () => {
    await using console = await openConsole();
    const { applications, simulator } = console;
    await applications.list(signal);
    simulator.perform({ action: "invalidate-tokens" });
    slowDown(console);

    await Promise.all(Array.from({ length: 20 }, () => applications.get("nobody", signal)));

    expect(signIns(console)).toBe(2);
  });

  it("is renewed no second time for one call: a new one that is refused is an answer", async () => {
    await using console = await openConsole();
    const { applications, simulator } = console;
    await applications.list(signal);
    simulator.faults.add({
      match: { operation: "listApplications" },
      effect: { kind: "status", status: 401, body: { code: 16, message: "нет" } },
    });

    await expect(applications.list(signal)).rejects.toMatchObject({ kind: "unauthorized" });

    expect(signIns(console)).toBe(2);
    expect(console.sent("listApplications")).toHaveLength(3);
  });

  it("that was refused by a request that makes something is renewed, and one thing is made", async () => {
    await using console = await openConsole();
    await console.applications.list(signal);
    console.simulator.perform({ action: "invalidate-tokens" });

    await running(console);

    expect(console.simulator.panel.applications.all()).toHaveLength(1);
  });

  it("is replaced before a write is asked whether it is still wanted, so that nothing comes between", async () => {
    await using console = await openConsole();
    const { applications, clock, simulator } = console;
    const id = await running(console);
    clock.advance(HOUR_MS);
    let before = 0;
    const precondition = async (): Promise<void> => {
      before = simulator.ledger.entries.length;
    };

    await applications.change(id, "stop", {}, { signal, precondition });

    expect(signIns(console)).toBe(2);
    expect(simulator.ledger.entries.slice(before).map(({ operation }) => operation)).toEqual([
      "stopApplication",
    ]);
  });

  it("is asked for anew where the panel has been down", async () => {
    await using console = await openConsole();
    const { applications, simulator, clock } = console;
    await applications.list(signal);
    simulator.perform({ action: "restart", ms: 1_000 });
    await expect(applications.list(signal)).rejects.toMatchObject({ kind: "unavailable" });
    clock.advance(1_000);

    await expect(applications.list(signal)).resolves.toEqual([]);
  });

  it("is shown to the panel that gave it, and to no other, where two know the same client", async () => {
    await using console = await openConsole();
    await using other = await openConsole();
    const { clientId, clientSecret, url } = console.simulator;
    other.simulator.perform({ action: "add-client", name: "same", clientId, clientSecret });
    const elsewhere = console.openedAt(other.simulator.url);

    for (let round = 0; round < 3; round += 1) {
      await console.applications.list(signal);
      await elsewhere.list(signal);
    }
    // With a slash at its end it is the same panel.
    await console.openedAt(`${url}/`).list(signal);

    expect([signIns(console), signIns(other)]).toEqual([1, 1]);
    for (const { simulator } of [console, other])
      expect(simulator.ledger.entries.map(({ status }) => status)).not.toContain(401);
  });

  it("ends, for people, when the panel says", async () => {
    await using console = await openConsole();
    const { status } = await console.client.facts(signal);
    const endsAt = new Date(console.clock.wall() + HOUR_MS).toISOString();
    expect(status["token"]).toEqual({ expiresAt: endsAt.replace(/\.\d+/, ".000") });
  });
});

describe("signing in", () => {
  it.each(["json", "text"] as const)(
    "is not done again for a method that the panel does not have, told in %s",
    async (unknownPathAs) => {
      await using console = await openConsole({ settings: { unknownPathAs } });
      const { applications } = console;
      await applications.list(signal);
      console.simulator.faults.add({
        match: { operation: "getApplication" },
        effect: {
          kind: "status",
          status: 401,
          body:
            unknownPathAs === "text"
              ? "Handler of HTTP request GET /console/api/v2/applications/a not found"
              : { code: 16, message: "Handler of HTTP request GET /x not found" },
        },
      });

      await expect(applications.get("a", signal)).rejects.toMatchObject({
        kind: "unavailable",
        message: expect.stringContaining("this panel has no such method"),
      });

      expect(signIns(console)).toBe(1);
      expect(console.sent("getApplication")).toHaveLength(1);
    },
  );

  it.each(["get", "list", "remove"] as const)(
    "before a panel that starts up is unavailable, never absent, for %s",
    async (method) => {
      await using console = await openConsole({ settings: { startingUp: true } });
      const { applications } = console;
      const write = { signal, precondition: async () => undefined };
      const asking = {
        get: () => applications.get("a", signal),
        list: () => applications.list(signal),
        remove: () => applications.remove("a", write),
      }[method];
      await expect(asking()).rejects.toMatchObject({ kind: "unavailable" });
    },
  );

  it.each(["get", "list"] as const)(
    "long ago changes nothing: a panel that starts up is unavailable, never absent, for %s",
    async (method) => {
      await using console = await openConsole();
      const { applications, simulator } = console;
      await applications.list(signal);
      simulator.perform({ action: "set-settings", startingUp: true });
      const asking = {
        get: () => applications.get("a", signal),
        list: () => applications.list(signal),
      };
      await expect(asking[method]()).rejects.toMatchObject({ kind: "unavailable", status: 404 });
    },
  );

  it("with another client id or secret is unauthorized, and nothing else is sent", async () => {
    await using console = await openConsole({ credential: "somebody:else" });
    await expect(console.applications.list(signal)).rejects.toMatchObject({
      kind: "unauthorized",
      message: expect.stringContaining("Неверные учетные данные клиента"),
    });
    expect(console.sent("listApplications")).toEqual([]);
  });

  it("takes the token of the answer, not the text that stands where others have theirs", async () => {
    await using console = await openConsole();
    console.simulator.faults.add({
      match: { operation: "signIn" },
      effect: {
        kind: "status",
        status: 200,
        body: { access_token: "Not implemented", token_type: "Bearer" },
      },
    });
    await expect(console.applications.list(signal)).rejects.toMatchObject({
      kind: "unavailable",
      message: "sign in: the answer holds no id_token",
    });
  });
});
