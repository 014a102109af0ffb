import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../until.ts";
import {
  accountIn,
  applyAccount,
  applyInstance,
  applySecret,
  startAccountLab,
  type Tenant,
  tokenOf,
  untilReady,
  untilReason,
  usersOfInstances,
} from "./account-lab.ts";
import type { Lab } from "./lab.ts";

/** Longer than several looks at rest. */
const LONG_MS = 2_500;

describe("accounts", () => {
  let lab: Lab;
  let first: Tenant;
  let second: Tenant;
  beforeAll(async () => {
    ({ lab, first, second } = await startAccountLab());
  });
  afterAll(async () => {
    await lab.stop();
    await second.removeNamespace();
  });

  const severalLooks = (): Promise<void> =>
    new Promise((resolve) => {
      setTimeout(resolve, LONG_MS);
    });

  it("are the operator's own where a namespace has none", async () => {
    await applyInstance(first, "early");
    await untilReady(first, "hpci/early");
    expect(usersOfInstances(lab)).toEqual([7]);
  });

  it("take nothing over that was made before they came", async () => {
    await applySecret(first, "hpc-park", tokenOf(lab, 8, "first"));
    await applyAccount(first, "default");
    await untilReady(first, "hpca/default");
    await severalLooks();
    await first.run("patch", "hpci/early", "--type=merge", "-p", '{"spec":{"gpuCount":2}}');
    await until("2 GPUs", () => lab.simulator.park.instances.all()[0]?.gpuCount === 2);

    expect(lab.requests("createInstance")).toHaveLength(1);
    expect(usersOfInstances(lab)).toEqual([7]);
  });

  it("are called default where a resource names none", async () => {
    await applyInstance(first, "trainer");
    await untilReady(first, "hpci/trainer");
    const { status } = await lab.instance("trainer");

    expect(usersOfInstances(lab)).toEqual([7, 8]);
    expect(status?.account).toBe(`default@${lab.simulator.url}#8`);
  });

  it("show whose they are, which token they use, and what there is to spend", async () => {
    const { status } = await accountIn(first, "default");
    expect(status?.user?.id).toBe(8);
    expect(status?.token).toMatchObject({ name: "first", kind: "Master" });
    expect(status?.balance).toMatch(/^-?\d+\.\d\d$/);
    const metrics = await (await fetch(`${lab.operator.healthUrl()}/metrics`)).text();
    expect(metrics).toContain(
      `hpc_park_operator_account_balance{account_kind="HpcAccount",account_namespace="${first.namespace}",account="default"}`,
    );
  });

  it("keep two namespaces apart", async () => {
    await applySecret(second, "hpc-park", tokenOf(lab, 9, "second"));
    await applyAccount(second, "team");
    await applyInstance(second, "trainer", { accountRef: { name: "team" } });
    await untilReady(second, "hpci/trainer");
    await second.run("delete", "hpci/trainer", "--timeout=20s");

    expect(usersOfInstances(lab)).toEqual([7, 8]);
    await untilReady(first, "hpci/trainer");
  });

  it("with a token that is refused say so, and nothing is asked for those who wait", async () => {
    await applySecret(second, "bad", "A".repeat(43));
    await applyAccount(second, "bad", { tokenSecretRefs: [{ name: "bad" }] });
    await untilReason(second, "hpca/bad", "Stalled", "Unauthorized");
    const before = lab.simulator.ledger.entries.length;
    await applyInstance(second, "waits", { accountRef: { name: "bad" } });
    const { message } = await untilReason(second, "hpci/waits", "Synced", "AccountNotReady");
    await severalLooks();
    const refused = lab.simulator.ledger.entries
      .slice(before)
      .filter(({ status }) => status === 401);

    expect(message).toContain('HpcAccount "bad"');
    expect(new Set(refused.map(({ operation }) => operation))).toEqual(new Set(["getUser"]));
    expect(refused.length).toBeLessThan(10);

    await applySecret(second, "bad", tokenOf(lab, 9, "good"));
    await untilReady(second, "hpci/waits");
    await second.run("delete", "hpci/waits", "hpca/bad", "--timeout=20s");
  });

  it.each([
    ["no Secret", "absent", undefined, "SecretNotFound"],
    ["an empty token", "empty", "", "TokenInvalid"],
    ["a token of two lines", "lines", "abc\ndef", "TokenInvalid"],
  ])("with %s say what to change", async (_, name, token, reason) => {
    if (token !== undefined) await applySecret(second, name, token);
    await applyAccount(second, name, { tokenSecretRefs: [{ name }] });
    const { message } = await untilReason(second, `hpca/${name}`, "Stalled", reason);
    expect(message).toContain(`Secret "${name}"`);
    await second.run("delete", `hpca/${name}`, "--timeout=20s");
  });

  it("send a token to no server that is not allowed", async () => {
    const tokenSecretRefs = [{ name: "hpc-park" }];
    await applyAccount(second, "astray", { tokenSecretRefs, url: "http://127.0.0.1:1" });
    const { message } = await untilReason(second, "hpca/astray", "Stalled", "UrlNotAllowed");
    expect(message).toContain("ALLOWED_URLS");
    await second.run("delete", "hpca/astray", "--timeout=20s");
  });

  it("with a token of another user are suspect, and make nothing", async () => {
    const good = tokenOf(lab, 8, "good again");
    const creates = lab.requests("createInstance").length;
    await applySecret(first, "hpc-park", tokenOf(lab, 9, "stranger"));
    const { message } = await untilReason(first, "hpca/default", "Trusted", "AnotherUser");
    await applyInstance(first, "held");
    const held = await untilReason(first, "hpci/held", "Synced", "AccountSuspect");
    await severalLooks();
    const made = lab.requests("createInstance").length - creates;
    await applySecret(first, "hpc-park", good);
    await untilReady(first, "hpci/held", "hpci/trainer");

    expect(message).toContain('acknowledge-user: "9"');
    expect(held.message).toContain("#9");
    expect(made).toBe(0);
    await first.run("delete", "hpci/held", "--timeout=20s");
  });

  it("that vanish are waited for, and nothing is made elsewhere", async () => {
    const creates = lab.requests("createInstance").length;
    await first.run("delete", "hpca/default", "--wait=false");
    await first.run(
      "patch",
      "hpca/default",
      "--type=merge",
      "-p",
      '{"metadata":{"finalizers":[]}}',
    );
    const { message } = await untilReason(first, "hpci/trainer", "Stalled", "AccountNotFound");
    await severalLooks();
    await first.run("delete", "hpci/trainer", "--wait=false");
    await untilReason(first, "hpci/trainer", "Stalled", "AccountNotFound");
    const whileAway = usersOfInstances(lab);
    await applyAccount(first, "default");
    await until("trainer is gone", () => usersOfInstances(lab).every((user) => user !== 8));

    expect(message).toContain("made in it");
    expect(whileAway).toEqual([7, 8]);
    expect(lab.requests("createInstance")).toHaveLength(creates);
  });

  it("of the same name and of another user take over nothing", async () => {
    await applyInstance(first, "left");
    await untilReady(first, "hpci/left");
    const creates = lab.requests("createInstance").length;
    await first.run("delete", "hpca/default", "--wait=false");
    await first.run(
      "patch",
      "hpca/default",
      "--type=merge",
      "-p",
      '{"metadata":{"finalizers":[]}}',
    );
    await applySecret(first, "hpc-park", tokenOf(lab, 9, "other"));
    await applyAccount(first, "default");
    const { message } = await untilReason(first, "hpci/left", "Stalled", "AccountDiffers");
    await severalLooks();

    expect(message).toContain("#8");
    expect(lab.requests("createInstance")).toHaveLength(creates);

    await first.run("delete", "hpca/default", "--wait=false");
    await first.run(
      "patch",
      "hpca/default",
      "--type=merge",
      "-p",
      '{"metadata":{"finalizers":[]}}',
    );
    await applySecret(first, "hpc-park", tokenOf(lab, 8, "back"));
    await applyAccount(first, "default");
    await untilReady(first, "hpci/left");
  });

  it("that are deleted wait for those who use them, and name them", async () => {
    await first.run("delete", "hpca/default", "--wait=false");
    const { message } = await untilReason(first, "hpca/default", "Synced", "InUse");
    await severalLooks();
    await untilReady(first, "hpci/left");
    await first.run("delete", "hpci/left", "--timeout=20s");
    await until("the account is gone", async () => {
      const { stdout } = await first.attempt(["get", "hpca", "--ignore-not-found", "-o", "name"]);
      return stdout.trim() === "";
    });

    expect(message).toContain('HpcInstance "left"');
    expect(usersOfInstances(lab)).toEqual([7]);
  });
});
