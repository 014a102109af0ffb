import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { seesAllThat } from "../../../../src/core/credential.ts";
import { SEED } from "../../../../src/embedded/element/seed.ts";
import type { ElementConsoleSpec } from "../../../../src/api/element-console.ts";
import { elementConsolePort } from "../../../../src/provider/element/console-port.ts";
import { until } from "../../../until.ts";
import { openConsole, type OpenConsole, running, signal } from "./open-console.ts";

const { development } = SEED.spaces;

/** Reads what the panel offers as long as the console is open. */
function keepInformed({ client }: OpenConsole): void {
  void client.keepInformed();
}

describe("what a panel offers", () => {
  it("are the kinds of database of its list", async () => {
    await using console = await openConsole({ settings: { dbmsTypes: ["Postgres", "File"] } });
    expect(console.applications.terms).toBeUndefined();
    keepInformed(console);
    await until("the offers", () => console.applications.terms !== undefined);
    expect(console.applications.terms?.offers).toEqual(
      new Map([["dbmsType", ["File", "Postgres"]]]),
    );
    expect(console.reconsiderations()).toBe(1);
  });

  it("is unknown where the list is empty or cannot be read: then the panel refuses by itself", async () => {
    await using empty = await openConsole({ settings: { dbmsTypes: [] } });
    keepInformed(empty);
    await until("an answer", () =>
      empty.sent("listDbmsTypes").some(({ status }) => status === 200),
    );
    expect(empty.applications.terms).toBeUndefined();

    await using console = await openConsole();
    console.simulator.perform({ action: "set-rights", client: "main", rights: "none" });
    keepInformed(console);
    await until("an answer", () => console.sent("listDbmsTypes").length > 0);
    expect(console.applications.terms).toBeUndefined();
  });

  it("is read once the panel answers", async () => {
    await using console = await openConsole();
    console.simulator.faults.add({
      match: { operation: "listDbmsTypes", nth: 1, times: 2 },
      effect: { kind: "status", status: 503 },
    });
    keepInformed(console);
    await until("the offers", () => console.applications.terms !== undefined);
    expect(console.sent("listDbmsTypes")).toHaveLength(3);
  });
});

describe("what a panel says of its client", () => {
  it("is whose rights it has, and the spaces that the user sees", async () => {
    await using console = await openConsole();
    console.simulator.perform({ action: "set-quota", space: development, applications: 7 });
    await running(console);

    const facts = await console.client.facts(signal);

    expect(facts).toMatchObject({
      user: expect.stringMatching(/^[0-9a-f-]{36}$/),
      seesEverything: true,
      summary: "the panel takes the client of main",
      status: {
        user: { name: "main", login: "main" },
        spaces: [
          { id: development, name: "Разработка", applications: 1, applicationsQuota: 7 },
          { name: "Продуктив", applications: 0 },
        ],
      },
      figures: [
        { name: "used", of: "applications:Разработка", value: 1 },
        { name: "limit", of: "applications:Разработка", value: 7 },
        { name: "used", of: "applications:Продуктив", value: 0 },
      ],
    });
  });

  it("has all the spaces, however many the panel puts on a page by itself", async () => {
    await using console = await openConsole({ settings: { arraysArePaged: true } });
    for (let index = 0; index < 40; index += 1)
      console.simulator.perform({ action: "add-space", name: `space ${index}` });
    const { status } = await console.client.facts(signal);
    expect(status["spaces"]).toHaveLength(42);
  });

  it("has none of the secrets that the panel puts into the answer in clear", async () => {
    await using console = await openConsole();
    const facts = await console.client.facts(signal);
    const shown = `${JSON.stringify(facts)} ${inspect(facts, { depth: 9, showHidden: true })}`;
    expect(shown).not.toContain(console.simulator.clientSecret);
    expect(shown).not.toContain("client-secret");
  });

  it("is enough without the spaces, which not every user may see", async () => {
    await using console = await openConsole();
    console.simulator.perform({ action: "set-rights", client: "main", rights: "none" });
    const { user, status, figures } = await console.client.facts(signal);
    expect(user).toBeDefined();
    expect([status["spaces"], figures]).toEqual([undefined, []]);
  });

  it("names the credential by its user, so that another client of the same user sees the same", async () => {
    await using console = await openConsole();
    const { simulator, applications } = console;
    const second = simulator.perform({ action: "add-client", name: "second", user: "main" });
    const credential = `${second.clientId}:${second.clientSecret}`;
    await using other = await openConsole({ url: simulator.url, credential });
    await applications.list(signal);
    await other.applications.list(signal);
    const names = [applications.credential ?? "", other.applications.credential ?? ""] as const;
    expect(names[0]).toMatch(/^[0-9a-f-]{36}\/\*$/);
    expect(seesAllThat(...names)).toBe(true);
  });
});

describe("an ElementConsole", () => {
  const port = elementConsolePort({
    timeoutMs: 1,
    requestsPerSecond: 10,
    userAgent: "test",
    caOption: "ELEMENT_CA_FILE",
    guard: () => undefined,
    onOutcome: () => undefined,
    onTurn: () => undefined,
    onConsequences: () => undefined,
    afterFailureMs: 1,
    now: () => 0,
    random: () => 0,
    signal,
  });
  const SPEC: ElementConsoleSpec = {
    url: "https://panel.example",
    clientSecretRef: { name: "panel-client" },
    discover: false,
  };

  it("reads its client from two entries of one Secret, put together with a colon", () => {
    const { url, tokens, pollMs } = port.terms({ ...SPEC, pollInterval: "5m" });
    expect([url, pollMs]).toEqual(["https://panel.example", 300_000]);
    expect(tokens).toMatchObject([
      [
        { name: "panel-client", key: "client-id", path: "spec.clientSecretRef" },
        { name: "panel-client", key: "client-secret", path: "spec.clientSecretRef" },
      ],
    ]);
  });

  it.each([
    ["client-id", "a-b", true],
    ["client-id", "a:b", false],
    ["client-id", "a b", false],
    ["client-id", "", false],
    ["client-secret", "a:b+/=", true],
    ["client-secret", "a\n", false],
    ["client-secret", "ключ", false],
  ])("takes for %s %j: %s", (key, value, isGood) => {
    const parts = port.terms(SPEC).tokens.flat();
    const part = parts.find((one) => one.key === key);
    expect(part?.mustBe.pattern.test(value)).toBe(isGood);
    expect(part?.mustBe.reason).toBe("TokenInvalid");
  });

  it("shows each application as one that is only observed, where that is asked for", async () => {
    await using console = await openConsole();
    await running(console);
    const [thing] = await console.applications.list(signal);
    if (thing === undefined) return expect.unreachable("one is listed");
    expect(port.mirrors?.(SPEC)).toBeUndefined();
    const mirrors = port.mirrors?.({ ...SPEC, discover: true });
    expect(mirrors?.nameOf(thing)).toBe("shop");
    expect(mirrors?.specOf(thing, "panel")).toEqual({
      consoleRef: { name: "panel" },
      adopt: { id: thing.id },
      managementPolicy: "ObserveOnly",
      deletionPolicy: "Retain",
    });
  });
});
