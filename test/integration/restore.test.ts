import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { until } from "../until.ts";
import { Lab } from "./lab.ts";
import { asManifest, lose, restore, type Saved, saved } from "./lost-cluster.ts";

/** Holds docs/operations.md to what it says of backups and of another cluster. */

const RESOURCES = ["hpca/default", "hpcs/data", "hpcs/scratch", "hpci/trainer"];
const COPY = "default.hpcaccounts";

let lab: Lab;
let backup: readonly Saved[];

beforeAll(async () => {
  lab = await Lab.start();
  const stringData = { token: lab.simulator.masterToken };
  await lab.apply({ apiVersion: "v1", kind: "Secret", metadata: { name: "hpc-park" }, stringData });
  await lab.apply(object("HpcAccount", "default", { tokenSecretRefs: [{ name: "hpc-park" }] }));
  await lab.applyStorage("data");
  await lab.applyStorage("scratch");
  await lab.applyInstance("trainer", { storageRefs: [{ name: "data" }] });
  await lab.untilReady(...RESOURCES);
  const label = "velero.io/exclude-from-backup=true";
  await lab.kubectl.run("label", "secret", COPY, label);
  backup = await saved(lab.kubectl);
});
afterAll(() => lab.stop());

function object(kind: string, name: string, spec: object): object {
  return { apiVersion: "hpc-park.ru/v1alpha1", kind, metadata: { name }, spec };
}

/** Nobody works, and nothing is left in the cluster. */
async function loseCluster(): Promise<void> {
  await lab.operator.end("SIGKILL");
  await lose(lab.kubectl);
}

async function comeBack(
  objects: readonly Saved[],
  { withStatus = false, ownerId = "" }: { withStatus?: boolean; ownerId?: string } = {},
): Promise<void> {
  const { kubectl, namespace } = lab;
  await restore({ ...kubectl, namespace }, objects, { withStatus });
  const { OWNER_ID: _, ...rest } = lab.environment;
  lab.environment = { ...rest, ...(ownerId === "" ? {} : { OWNER_ID: ownerId }) };
  await lab.restart();
}

const creates = (): number =>
  lab.requests("createInstance").length + lab.requests("createStorage").length;
const manifests = (): readonly Saved[] => backup.map(asManifest);

describe("a cluster that was lost, under the same owner id", () => {
  let before: number;
  beforeEach(async () => {
    await loseCluster();
    before = creates();
  });

  it.each<[what: string, objects: () => readonly Saved[], withStatus: boolean]>([
    ["a backup with the status", () => backup, true],
    ["a backup without it", () => backup, false],
    ["the manifests of a repository", manifests, false],
  ])("finds all that exists by %s, and makes nothing", async (_, objects, withStatus) => {
    await comeBack(objects(), { withStatus });
    await lab.untilReady(...RESOURCES);

    expect((await lab.instance("trainer")).status?.id).toBe(idOf("HpcInstance", "trainer"));
    expect((await lab.storage("data")).status?.id).toBe(idOf("HpcStorage", "data"));
    expect(creates()).toBe(before);
    expect(lab.alive()).toHaveLength(3);
  });

  it("makes a copy of the account's token of its own, where the old one was left out", async () => {
    await comeBack(backup, { withStatus: true });
    await lab.untilReady(...RESOURCES);
    const copy = JSON.parse(await lab.kubectl.run("get", "secret", COPY, "-o", "json"));
    const account = JSON.parse(await lab.kubectl.run("get", "hpca/default", "-o", "json"));

    expect(copy.metadata.ownerReferences).toMatchObject([{ uid: account.metadata.uid }]);
  });
});

describe("what a restored cluster is told that is no longer so", () => {
  it("a storage that is gone is Lost where the status was restored: its data are gone", async () => {
    await loseCluster();
    deleteInPanel("scratch");
    const before = creates();
    await comeBack(backup, { withStatus: true });

    const { message } = await lab.untilReason("hpcs/scratch", "Stalled", "Lost");

    expect(message).toContain("recreatePolicy");
    expect(creates()).toBe(before);
  });

  it("without the status nobody knows that it ever was: an empty one is made", async () => {
    await loseCluster();
    const before = creates();
    await comeBack(backup);
    await lab.untilReady("hpcs/scratch");

    expect(creates()).toBe(before + 1);
  });
});

describe("a token that is kept in a Secret", () => {
  it("is of no use after a restore: the Secret is nobody's, until it is deleted and another made", async () => {
    const times = { expiresAfter: "720h", renewBefore: "240h" };
    await lab.apply(object("HpcToken", "ci", { ...times, secretRef: { name: "ci-token" } }));
    await lab.untilReason("hpct/ci", "Ready", "Available");
    const withToken = await saved(lab.kubectl);
    await loseCluster();
    await comeBack(withToken, { withStatus: true });
    await lab.untilReason("hpct/ci", "Stalled", "SecretTaken");
    await until("the token that nobody holds is gone", () => tokensOfOurs().length === 0);

    await lab.kubectl.run("delete", "secret", "ci-token");
    await lab.untilReason("hpct/ci", "Ready", "Available");

    const secret = JSON.parse(await lab.kubectl.run("get", "secret", "ci-token", "-o", "json"));
    expect(tokensOfOurs().map(({ value }) => Buffer.from(value).toString("base64"))).toEqual([
      secret.data.token,
    ]);
    await lab.kubectl.run("delete", "hpct/ci");
  });
});

describe("a copy of an account's token that came back with a backup", () => {
  it("is nobody's, and holds itself up until its finalizer is taken off", async () => {
    await lab.kubectl.run("label", "secret", COPY, "velero.io/exclude-from-backup-");
    const withCopy = await saved(lab.kubectl);
    await loseCluster();
    await comeBack(withCopy, { withStatus: true });
    await lab.untilReady("hpca/default");
    await lab.operator.end("SIGTERM");
    await lab.kubectl.run("delete", "secret", COPY, "--wait=false");
    const stays = JSON.parse(await lab.kubectl.run("get", "secret", COPY, "-o", "json"));
    const patch = '{"metadata":{"finalizers":null}}';
    await lab.kubectl.run("patch", "secret", COPY, "--type=merge", "-p", patch);
    await lab.restart();
    await until("the operator has made another", async () => {
      const { code, stdout } = await lab.kubectl.attempt(["get", "secret", COPY, "-o", "json"]);
      return code === 0 && JSON.parse(stdout).metadata.ownerReferences !== undefined;
    });

    expect(stays.metadata).toMatchObject({ finalizers: ["hpc-park.ru/in-use"] });
    expect(stays.metadata.ownerReferences).toBeUndefined();
  });
});

describe("a cluster with another owner id", () => {
  it("makes nothing and touches nothing where the status says what there is", async () => {
    await loseCluster();
    const before = lab.simulator.ledger.entries.length;
    await comeBack(backup, { withStatus: true, ownerId: "another" });

    await lab.untilReason("hpci/trainer", "Stalled", "MarkerMissing");
    await lab.untilReason("hpcs/data", "Stalled", "MarkerMissing");

    const since = lab.simulator.ledger.entries.slice(before);
    expect(since.filter(({ method }) => method !== "GET")).toEqual([]);
  });

  it("pays for everything a second time where it knows of nothing", async () => {
    await loseCluster();
    const before = lab.alive().length;
    await comeBack(manifests(), { ownerId: "another" });
    await lab.untilReady(...RESOURCES);

    expect(lab.alive()).toHaveLength(before + 3);
  });
});

function tokensOfOurs(): readonly { readonly value: string }[] {
  return lab.simulator.park.tokens.all().filter(({ name }) => name.includes("k8s-"));
}

function deleteInPanel(name: string): void {
  const id = Number(idOf("HpcStorage", name));
  lab.simulator.perform({ action: "delete", kind: "storage", id });
}

function idOf(kind: string, name: string): unknown {
  const found = backup.find((one) => one.kind === kind && one.metadata.name === name);
  return Object(found?.status).id;
}
