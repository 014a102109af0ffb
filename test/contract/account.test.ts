import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { ownerIn, seesAllThat } from "../../src/core/credential.ts";
import { ProviderError } from "../../src/provider/errors.ts";
import { bodyOf, openBench, signal, WRITE } from "./provider-under-test.ts";
import { PROVIDERS } from "./providers.ts";

function shown(value: unknown): string {
  return [
    String(value),
    JSON.stringify(value),
    inspect(value, { depth: 20, showHidden: true }),
  ].join();
}

async function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable("it must fail"),
    (error: unknown) => error,
  );
}

describe.each(PROVIDERS)("the account that has $what", (provider) => {
  const { operations, port } = provider;
  const body = bodyOf(provider, provider.specOf(1));

  it("has the kind by the name of its resources, and no request was needed for that", async () => {
    await using bench = await openBench(provider);
    expect([...bench.client.remotes().keys()]).toContain(port.kind);
    expect(bench.client.remarks.status).toEqual(expect.any(Object));
    expect(bench.requests).toBe(0);
  });

  it("says whose it is, for people and for the operator, and nothing of its secrets", async () => {
    await using bench = await openBench(provider);
    const facts = await bench.client.facts(signal);
    expect(facts.user).toMatch(/\S/);
    expect(facts.summary).toMatch(/\S/);
    for (const secret of bench.simulated.secrets) expect(shown(facts)).not.toContain(secret);
  });

  it("says whose it is with the name of the credential, and has none before the first request", async () => {
    await using bench = await openBench(provider);
    expect(bench.remote.credential).toBeUndefined();
    await bench.remote.list(signal);
    const { credential = "" } = bench.remote;
    const { user, seesEverything } = await bench.client.facts(signal);
    expect(ownerIn(credential)).toBe(user);
    expect(seesEverything).toBe(true);
    for (const secret of bench.simulated.secrets) expect(credential).not.toContain(secret);
  });

  it("has a credential of no known owner where the provider cannot say, and is used all the same", async () => {
    await using bench = await openBench(provider);
    bench.simulated.faults.add({
      match: { path: "/(user|me)$" },
      effect: { kind: "status", status: 503 },
    });
    await expect(bench.remote.list(signal)).resolves.toEqual([]);
    expect(bench.remote.credential).toMatch(/^\?\//);
    await expect(bench.client.facts(signal)).rejects.toBeInstanceOf(ProviderError);
  });

  it("is opened by nobody else's credential", async () => {
    const token = async (): Promise<string> => "somebody:else";
    await using bench = await openBench(provider, { token });
    const refused = { name: "ProviderError", kind: "unauthorized" };
    await expect(bench.client.facts(signal)).rejects.toMatchObject(refused);
    await expect(bench.remote.list(signal)).rejects.toMatchObject(refused);
    await expect(bench.remote.create(body, WRITE)).rejects.toMatchObject(refused);
    expect(bench.simulated.count()).toBe(0);
  });

  it("goes on with another credential where one is refused, asked for once", async () => {
    let another = "";
    const refused: string[] = [];
    await using bench = await openBench(provider, {
      otherToken: async (token) => {
        refused.push(token);
        return another;
      },
    });
    const id = await bench.make();
    const former = bench.remote.credential;
    another = bench.simulated.replaceCredential();

    const listed = await bench.remote.list(signal);

    expect(listed.map((thing) => thing.id)).toEqual([id]);
    expect(refused).toEqual([bench.simulated.credential]);
    // The same user's, so it sees the same.
    expect(seesAllThat(bench.remote.credential ?? "", former ?? "?")).toBe(true);
  });

  it("makes one thing where the credential of its request is refused and replaced", async () => {
    let another = "";
    await using bench = await openBench(provider, { otherToken: async () => another });
    await bench.remote.list(signal);
    another = bench.simulated.replaceCredential();
    let asked = 0;
    const precondition = async (): Promise<void> => {
      asked += 1;
    };

    await bench.remote.create(body, { signal, precondition });

    expect(bench.simulated.count()).toBe(1);
    // Before each time that it left.
    expect(asked).toBe(bench.sent(operations.create).length);
  });

  it.each([
    [400, "a refusal"],
    [401, "a refused credential"],
    [403, "a missing right"],
    [404, "what does not exist"],
    [409, "a conflict"],
    [500, "a fault"],
  ])("shows no secret where the provider repeats it with %d, %s", async (status) => {
    await using bench = await openBench(provider);
    const { remote, client, simulated } = bench;
    const id = await bench.make();
    const echo = `seen: ${simulated.secrets.map((secret) => `Bearer ${secret} ${secret}`).join(" ")}`;
    const { body: refusal } = provider.refusal(echo);
    simulated.faults.add({ effect: { kind: "status", status, body: refusal } });

    const errors = await Promise.all(
      [
        remote.list(signal),
        remote.get(id, signal),
        remote.create(body, WRITE),
        remote.remove(id, WRITE),
        client.facts(signal),
      ].map((request) => request.catch((error: unknown) => error)),
    );

    expect(errors.filter((error) => error instanceof ProviderError)).not.toEqual([]);
    for (const secret of simulated.secrets) expect(errors.map(shown).join()).not.toContain(secret);
  });

  it("asks nothing but what an inspection asks, where it was opened for one", async () => {
    await using bench = await openBench(provider, { isForInspection: true });
    await bench.client.facts(signal);
    expect(bench.sent(operations.list)).toEqual([]);
    expect(
      bench.simulated.ledger.entries.every(({ method, operation }) => {
        return method === "GET" || operation === "signIn";
      }),
    ).toBe(true);
  });

  it("keeps itself informed until its signal aborts, and never rejects", async () => {
    await using bench = await openBench(provider);
    bench.simulated.faults.add({ effect: { kind: "status", status: 500 } });
    const informed = bench.client.keepInformed();
    bench.end();
    await expect(informed).resolves.toBeUndefined();
  });

  it("is closed while somebody waits: that one fails, and is not left waiting", async () => {
    await using bench = await openBench(provider);
    bench.simulated.faults.add({ match: { operation: operations.list }, effect: { kind: "hang" } });
    const listing = caught(bench.remote.list(signal));
    bench.client.close();
    expect(await listing).toBeInstanceOf(ProviderError);
  });
});
