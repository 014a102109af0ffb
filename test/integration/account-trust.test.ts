import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SelfSigned, startSelfSigned } from "../self-signed.ts";
import {
  accountIn,
  applyAccount,
  applyInstance,
  applySecret,
  type Tenant,
  tokenOf,
  untilReady,
  untilReason,
} from "./account-lab.ts";
import { Lab } from "./lab.ts";

describe("whom an account trusts", () => {
  let lab: Lab;
  let server: SelfSigned;
  let tenant: Tenant;

  beforeAll(async () => {
    lab = await Lab.start();
    server = await startSelfSigned(join(lab.tokenFile, ".."));
    await lab.operator.end("SIGTERM");
    lab.environment = { ...lab.environment, ALLOWED_URLS: server.url };
    await lab.restart();
    tenant = { ...lab.kubectl, namespace: lab.namespace };
    await applySecret(tenant, "hpc-park", tokenOf(lab, 8, "first"));
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await lab.stop();
  });

  it("no server whose certificate nobody known has signed; the condition says what to do", async () => {
    const tokenSecretRefs = [{ name: "hpc-park" }];
    await applyAccount(tenant, "strange", { tokenSecretRefs, url: server.url });
    const { message } = await untilReason(tenant, "hpca/strange", "Ready", "CertificateNotTrusted");

    expect(message).toContain("HPC_PARK_CA_FILE");
  });

  it("no other user, unless a person says that it is the right one", async () => {
    await applyAccount(tenant, "paying");
    await untilReady(tenant, "hpca/paying");
    await applySecret(tenant, "hpc-park", tokenOf(lab, 9, "second"));
    await untilReason(tenant, "hpca/paying", "Trusted", "AnotherUser");
    expect((await accountIn(tenant, "paying")).status?.user?.id).toBe(8);

    const user = "hpc-park.ru/acknowledge-user=9";
    await tenant.run("annotate", "hpca/paying", user);
    await untilReason(tenant, "hpca/paying", "Trusted", "ReconcileSuccess");
    expect((await accountIn(tenant, "paying")).status?.boundTo).toBe(`${lab.simulator.url}#9`);
  });

  it("the same user in two accounts shares its lists and its limits, and never a resource", async () => {
    await applyAccount(tenant, "also");
    await untilReady(tenant, "hpca/also");
    for (const name of ["paying", "also"])
      await applyInstance(tenant, `in-${name}`, { accountRef: { name } });
    await untilReady(tenant, "hpci/in-paying", "hpci/in-also");
    const lists = (): number =>
      lab.requests("listInstances").filter(({ tokenName }) => tokenName === "second").length;
    const before = lists();
    await delay(3_000);
    const during = lists() - before;
    const ids = await Promise.all(
      ["in-paying", "in-also"].map(async (name) => (await lab.instance(name)).status?.id),
    );

    // One each half second, not two.
    expect(during).toBeGreaterThan(0);
    expect(during).toBeLessThanOrEqual(8);
    expect(new Set(ids).size).toBe(2);
  });
});
