import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HpcToken } from "../../src/api/hpc-token.ts";
import type { FaultRule } from "../../src/embedded/simulator/faults.ts";
import { PROJECT } from "../project.ts";
import { until } from "../until.ts";
import { Lab } from "./lab.ts";

const SAMPLE = join(PROJECT, "deploy/samples/token.yaml");
const SOON_MS = 60_000;

interface Secret {
  readonly metadata: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
  };
  readonly data?: Readonly<Record<string, string>>;
}

/** Also the crash points: whatever is killed when, in the end one token lives, and its value is in the Secret. */
describe("tokens that are kept in a Secret", () => {
  let lab: Lab;
  const values = new Set<string>();
  beforeAll(async () => {
    lab = await Lab.start();
  });
  afterAll(() => lab.stop());

  const token = async (): Promise<HpcToken> =>
    JSON.parse(await lab.kubectl.run("get", "hpct", "ci", "-o", "json"));
  const secret = async (): Promise<Secret> => {
    const { code, stdout } = await lab.kubectl.attempt(["get", "secret", "ci-token", "-o", "json"]);
    return code === 0 ? JSON.parse(stdout) : { metadata: {} };
  };
  const value = async (): Promise<string> =>
    Buffer.from((await secret()).data?.["token"] ?? "", "base64").toString();
  const living = () => lab.simulator.park.tokens.all().filter(({ name }) => name.includes("k8s-"));
  const comesToItsEnd = (): void => {
    for (const one of living()) {
      values.add(one.value);
      one.expiresAtMs = Date.now() + SOON_MS;
    }
  };
  const posts = (): number => lab.requests("createToken").length;
  const fault = (rule: FaultRule): void => void lab.simulator.faults.add(rule);

  /** One lives, it is the recorded one, its value is in the Secret, and it is good for long. */
  async function untilWhole(): Promise<void> {
    await until("one token, kept and recorded", async () => {
      const [one, ...others] = living();
      const { status } = await token();
      const isKept = one !== undefined && others.length === 0 && one.value === (await value());
      const isFresh = (one?.expiresAtMs ?? 0) > Date.now() + SOON_MS;
      return isKept && isFresh && status?.id === one.id;
    });
    await lab.untilReady("hpct/ci");
    for (const one of living()) values.add(one.value);
  }

  async function killAt(reached: () => boolean): Promise<void> {
    await until("the point of the crash", reached);
    await lab.operator.end("SIGKILL");
    lab.simulator.faults.clear();
    await lab.restart();
  }

  it("says that it needs a master token, and asks for nothing without", async () => {
    await lab.kubectl.run("apply", "-f", SAMPLE);
    const { message } = await lab.untilReason("hpct/ci", "Stalled", "Unauthorized");

    expect(message).toContain("needs a master token");
    expect(posts()).toBe(0);
  });

  it("leaves a foreign Secret of that name as it is, and says what to do", async () => {
    await lab.kubectl.run("create", "secret", "generic", "ci-token", "--from-literal=token=mine");
    await writeFile(lab.tokenFile, lab.simulator.masterToken);
    const { message } = await lab.untilReason("hpct/ci", "Stalled", "SecretTaken");

    expect(message).toContain('Secret "ci-token"');
    expect(await value()).toBe("mine");
    expect(posts()).toBe(0);
    await lab.kubectl.run("delete", "secret", "ci-token");
  });

  it("makes a token and writes its value into a Secret that it owns", async () => {
    await untilWhole();
    const { metadata } = await secret();
    const [one] = living();

    expect(metadata.ownerReferences).toMatchObject([{ kind: "HpcToken", name: "ci" }]);
    expect(one).toMatchObject({ master: false, name: expect.stringMatching(/^ci k8s-/) });
    expect(posts()).toBe(1);
  });

  it("replaces it in time: the new one has been tried before the old one goes", async () => {
    const [old] = living();
    comesToItsEnd();
    await untilWhole();
    const { entries } = lab.simulator.ledger;
    const tried = entries.findIndex(
      ({ operation, tokenName }) => operation === "getUser" && tokenName?.startsWith("ci "),
    );
    const gone = entries.findIndex(({ path }) => path === `/v1/token/${old?.id}`);

    expect(living().map(({ id }) => id)).not.toContain(old?.id);
    expect(tried).toBeGreaterThan(0);
    expect(gone).toBeGreaterThan(tried);
  });

  it("keeps the old one while the new one does not work", async () => {
    const before = await value();
    const [old] = living();
    fault({
      match: { method: "GET", path: "/v1/user", times: 1 },
      effect: { kind: "reset-before" },
    });
    const asked = posts();
    comesToItsEnd();
    await until("another was made", () => posts() > asked);
    await until("what did not work is gone", () => living().length === 1);

    expect(living()[0]?.id).toBe(old?.id);
    expect(await value()).toBe(before);
    lab.simulator.faults.clear();
    await untilWhole();
  });

  it("kill -9 with a create request under way: what nobody holds goes, and another is made", async () => {
    await lab.kubectl.run("delete", "secret", "ci-token");
    fault({
      match: { method: "POST", times: 1 },
      effect: { kind: "delay", ms: 5_000, when: "after" },
    });
    const before = posts();
    await killAt(() => posts() > before && living().length > 0);
    await untilWhole();

    expect(posts() - before).toBe(2);
  });

  it("kill -9 while the other is being made: the old one stays in the Secret until the next", async () => {
    const old = await value();
    fault({
      match: { method: "POST", times: 1 },
      effect: { kind: "delay", ms: 5_000, when: "after" },
    });
    comesToItsEnd();
    await killAt(() => living().length === 2);
    const afterCrash = await value();
    await untilWhole();

    expect(afterCrash).toBe(old);
  });

  it("kill -9 while the new one is being tried: it was not seen to work, so it goes", async () => {
    fault({
      match: { method: "GET", path: "/v1/user" },
      effect: { kind: "delay", ms: 900, when: "after" },
    });
    comesToItsEnd();
    await killAt(() => living().length === 2);
    await untilWhole();
  });

  it("kill -9 with both alive and the new one stored: the old one goes", async () => {
    const old = await value();
    fault({ match: { method: "DELETE" }, effect: { kind: "hang" } });
    comesToItsEnd();
    await until("the new value is stored", async () => (await value()) !== old);
    await killAt(() => living().length === 2);
    await untilWhole();

    expect(await value()).not.toBe(old);
  });

  it("makes another where somebody has written over the value", async () => {
    const patch = '{"stringData":{"token":"overwritten"}}';
    const [old] = living();
    await lab.kubectl.run("patch", "secret/ci-token", "-p", patch);
    await untilWhole();

    expect(living().map(({ id }) => id)).not.toContain(old?.id);
  });

  it("deletes the token with its resource, and touched no other", async () => {
    await lab.kubectl.run("delete", "hpct/ci", "--timeout=20s");

    const names = lab.simulator.park.tokens.all().map(({ name }) => name);
    expect(names.toSorted()).toEqual(["master", "ordinary"]);
  });

  it("has told nobody a value: neither the log, nor an event, nor a status", async () => {
    const events = await lab.kubectl.run("get", "events,hpct", "-o", "json");
    const told = `${lab.operator.log()} ${events}`;

    expect(values.size).toBeGreaterThan(4);
    for (const each of values) expect(told).not.toContain(each);
  });
});
