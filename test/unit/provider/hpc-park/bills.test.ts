import { describe, expect, it } from "vitest";
import type { RemoteThing } from "../../../../src/core/observation.ts";
import type { RemoteKind } from "../../../../src/provider/port.ts";
import { billed } from "../../../../src/provider/hpc-park/billed.ts";
import { Bills, type Charges } from "../../../../src/provider/hpc-park/bills.ts";
import { AnsweringServer, json } from "../answering-server.ts";
import { clientOf } from "../client.ts";

interface Item {
  readonly entity: string;
  readonly entity_id: number;
  readonly date: string;
  readonly amount: string;
  readonly price_per_hour: string;
}

function item(id: number, date: string, amount: string, price = "0.00"): Item {
  return { entity: "instance", entity_id: id, date, amount, price_per_hour: price };
}

/** A service with this bill, which cuts it to the dates that it is asked for, and the paths it was asked with. */
async function reading(items: readonly Item[], todays: readonly string[]) {
  await using server = await AnsweringServer.start((response, received) => {
    const query = new URL(received.path, "http://a").searchParams;
    const [from, to] = [query.get("date_from") ?? "", query.get("date_to") ?? ""];
    const within = items.filter(({ date }) => date >= from && date <= to);
    json(200, { currency: "RUB", balance: "1.00", items: within })(response, received);
  });
  using client = clientOf(server.url);
  const stop = new AbortController();
  let changes = 0;
  const days = [...todays];
  const bills = new Bills({
    http: client.http,
    againMs: 1,
    wallClock: () => {
      const day = days.shift();
      if (day === undefined) stop.abort();
      return new Date(`${day ?? todays.at(-1)}T12:00:00Z`);
    },
    onBill: () => {
      changes += 1;
    },
    now: () => performance.now(),
    signal: stop.signal,
  });
  await bills.run();
  const asked = server.received.map(({ path }) => path.replace(/.*date_to=/, ""));
  return { bills, changes, asked };
}

describe("the bill", () => {
  it("adds up what a thing has cost this month, and shows today's price", async () => {
    const items = [
      item(17, "2026-10-31", "99.00", "9.00"),
      item(17, "2026-11-01", "1.50", "9.00"),
      item(17, "2026-11-03", "2.25", "3.00"),
      item(18, "2026-11-02", "7.00", "5.00"),
    ];
    const { bills, changes } = await reading(items, ["2026-11-03"]);

    expect(bills.of("instance", "17")).toEqual({ spent: 3.75, pricePerHour: 3 });
    // Nothing was billed for it today, so it costs nothing now.
    expect(bills.of("instance", "18")).toEqual({ spent: 7, pricePerHour: 0 });
    expect(bills.of("storage", "17")).toBeUndefined();
    expect(changes).toBe(1);
  });

  it("is read once for days that are over, and again for the two that may still grow", async () => {
    const { asked } = await reading([], ["2026-11-04", "2026-11-04", "2026-11-05"]);

    expect(asked.slice(0, 9)).toEqual([
      "2026-11-01",
      "2026-11-02",
      "2026-11-03",
      "2026-11-04",
      "2026-11-03",
      "2026-11-04",
      "2026-11-03",
      "2026-11-04",
      "2026-11-05",
    ]);
  });

  it("begins anew with the month", async () => {
    const items = [item(17, "2026-10-30", "5.00"), item(17, "2026-11-01", "1.00", "1.00")];
    const { bills } = await reading(items, ["2026-10-31", "2026-11-01"]);

    expect(bills.of("instance", "17")).toEqual({ spent: 1, pricePerHour: 1 });
  });

  it("shows what it showed before where it cannot be read, and asks again", async () => {
    let isDown = false;
    await using server = await AnsweringServer.start((response, received) => {
      const body = {
        currency: "RUB",
        balance: "1",
        items: [item(17, "2026-11-01", "2.00", "2.00")],
      };
      json(isDown ? 503 : 200, body)(response, received);
    });
    using client = clientOf(server.url);
    const stop = new AbortController();
    const bills = new Bills({
      http: client.http,
      againMs: 1,
      wallClock: () => {
        if (server.received.length > 3) stop.abort();
        return new Date("2026-11-01T12:00:00Z");
      },
      onBill: () => {
        isDown = true;
      },
      now: () => performance.now(),
      signal: stop.signal,
    });
    await bills.run();

    expect(server.received.length).toBeGreaterThan(3);
    expect(bills.of("instance", "17")).toEqual({ spent: 2, pricePerHour: 2 });
  });
});

describe("a thing on the bill", () => {
  const thing: RemoteThing = {
    id: "17",
    label: "train",
    state: "off",
    phase: "settled",
    headline: { reason: "PoweredOff", message: "switched off" },
    usedBy: [],
    fields: {},
    status: { state: "off" },
  };
  // Nothing is asked of it.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const remote = {} as RemoteKind;
  /** Seen switched off at 10, with a bill of `askedMs`. */
  const charged = (charge: ReturnType<Charges["of"]>, askedMs = 20): RemoteThing | undefined =>
    billed(remote, "instance", { of: () => charge, askedMs }, () => 10).withCharge?.(thing);

  it("shows what it costs beside what it is", () => {
    expect(charged({ pricePerHour: 0, spent: 3.5 })).toEqual({
      ...thing,
      status: { state: "off", pricePerHour: "0.00", spent: "3.50" },
    });
  });

  it("is left as it is where the bill does not name it", () => {
    expect(charged(undefined)).toBe(thing);
  });

  it("says so where it is switched off and still billed", () => {
    const { headline } = charged({ pricePerHour: 12.5, spent: 3.5 }) ?? {};

    expect(headline).toMatchObject({
      reason: "StoppedButBilled",
      message: expect.stringContaining("bills 12.50 an hour"),
    });
  });

  it("is not said to be billed by a bill of before it was switched off", () => {
    expect(charged({ pricePerHour: 12.5, spent: 3.5 }, 5)?.headline).toEqual(thing.headline);
  });

  it("is counted anew where it was on in between", () => {
    let nowMs = 10;
    const charges = { of: () => ({ pricePerHour: 1, spent: 1 }), askedMs: 20 };
    const charging = billed(remote, "instance", charges, () => nowMs);
    const on = { ...thing, headline: { reason: "Available", message: "running" } as const };
    const reasonOf = (one: RemoteThing): string | undefined =>
      charging.withCharge?.(one).headline.reason;

    expect(reasonOf(thing)).toBe("StoppedButBilled");
    expect(reasonOf(on)).toBe("Available");
    nowMs = 30;
    expect(reasonOf(thing)).toBe("PoweredOff");
  });
});
