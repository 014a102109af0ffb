import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { CRDS, isWithoutCel, prepareNamespace } from "./namespace.ts";
import { PROJECT } from "../project.ts";

let kubectl: Awaited<ReturnType<typeof prepareNamespace>>;

beforeAll(async () => {
  kubectl = await prepareNamespace();
  await kubectl.run("apply", "-k", join(PROJECT, "deploy/samples"));
});

afterAll(() => kubectl.removeNamespace());

describe("the CRDs", () => {
  it("are structural, and their names are accepted", async () => {
    const list = JSON.parse(await kubectl.run("get", ...CRDS, "-o", "json"));
    for (const { status } of list.items) {
      const conditions = status.conditions.map(
        (each: Record<string, string>) => `${each["type"]}=${each["status"]}`,
      );
      expect(conditions.toSorted()).toEqual(["Established=True", "NamesAccepted=True"]);
    }
  });

  it.skipIf(isWithoutCel)(
    "say unchanged when applied again (needs Kubernetes 1.28 or newer)",
    async () => {
      const answer = await kubectl.run("apply", "-k", join(PROJECT, "crds"));
      expect(answer.match(/unchanged/g)).toHaveLength(CRDS.length);
    },
  );

  it("explain their fields", async () => {
    // The API server publishes the fields of a new CRD a little later than the kind.
    await vi.waitFor(
      async () => {
        const text = await kubectl.run("explain", "hpcinstances.spec.power");
        expect(text).toContain("Off stops the instance and keeps it");
      },
      { timeout: 30_000, interval: 250 },
    );
  });
});

describe("the samples", () => {
  it("say unchanged when they are applied again", async () => {
    const answer = await kubectl.run("apply", "-k", join(PROJECT, "deploy/samples"));
    expect(
      answer
        .trim()
        .split("\n")
        .every((line) => line.endsWith("unchanged")),
    ).toBe(true);
  });

  it("get the defaults of an instance", async () => {
    expect(await kubectl.specOf("hpci/inference")).toEqual({
      label: "inference",
      containerType: "pytorch",
      gpuType: "A100",
      gpuCount: 1,
      tariffType: "hourly",
      power: "On",
      deletionPolicy: "Delete",
      deletionProtection: false,
      managementPolicy: "Full",
      recreatePolicy: "Always",
    });
  });

  it("get the name of the Secret's entry", async () => {
    expect(await kubectl.specOf("hpci/trainer")).toMatchObject({
      ssh: { keySecretRef: { name: "trainer-ssh-key", key: "ssh-publickey" } },
    });
  });

  it("get the defaults of a storage, which is not made again by itself", async () => {
    expect(await kubectl.specOf("hpcs/training-data")).toMatchObject({
      deletionPolicy: "Delete",
      deletionProtection: false,
      managementPolicy: "Full",
      recreatePolicy: "Never",
    });
  });
});

describe("kubectl get", () => {
  const header = (text: string) =>
    text
      .split("\n")[0]
      ?.trim()
      .split(/\s{2,}/);

  it.each([
    { args: ["hpci"], columns: ["NAME", "READY", "STATE", "GPU", "HOST", "₽/H", "SPENT", "AGE"] },
    {
      args: ["hpci", "-o", "wide"],
      columns: [
        "NAME",
        "READY",
        "STATE",
        "GPU",
        "HOST",
        "₽/H",
        "SPENT",
        "AGE",
        "ID",
        "SYNCED",
        "MESSAGE",
      ],
    },
    { args: ["hpcs"], columns: ["NAME", "READY", "STATE", "SIZE(GB)", "₽/H", "SPENT", "AGE"] },
    {
      args: ["hpcs", "-o", "wide"],
      columns: [
        "NAME",
        "READY",
        "STATE",
        "SIZE(GB)",
        "₽/H",
        "SPENT",
        "AGE",
        "ID",
        "TYPE",
        "SYNCED",
        "MESSAGE",
      ],
    },
  ])("$args shows $columns", async ({ args, columns }) => {
    expect(header(await kubectl.run("get", ...args))).toEqual(columns);
  });

  it("hpc shows both kinds", async () => {
    const names = await kubectl.run("get", "hpc", "-o", "name");
    expect(names.trim().split("\n").toSorted()).toEqual([
      "hpcinstance.hpc-park.ru/inference",
      "hpcinstance.hpc-park.ru/trainer",
      "hpcstorage.hpc-park.ru/training-data",
    ]);
  });
});

describe("the status", () => {
  const conditions = ["Ready", "Synced"].map((type) => ({
    type,
    status: "True",
    reason: "Available",
    message: `${type} message`,
    lastTransitionTime: "2026-01-02T03:04:05Z",
    observedGeneration: 1,
  }));

  it("fills the columns and satisfies kubectl wait", async () => {
    const path = `/apis/hpc-park.ru/v1alpha1/namespaces/${kubectl.namespace}/hpcinstances/inference`;
    const object = JSON.parse(await kubectl.run("get", "--raw", path));
    const status = {
      id: 42,
      state: "on",
      power: "On",
      gpu: "4×A100",
      host: "p2.example",
      conditions,
    };
    const { stderr } = await kubectl.attempt(
      ["replace", "--raw", `${path}/status`, "-f", "-"],
      JSON.stringify({ ...object, status }),
    );
    expect(stderr).toBe("");

    const row = await kubectl.run("get", "hpci", "inference", "-o", "wide", "--no-headers");
    const cells = row.trim().split(/\s{2,}/);
    expect(cells).toEqual([
      "inference",
      "True",
      "on",
      "4×A100",
      "p2.example",
      expect.any(String),
      "42",
      "True",
      "Ready message",
    ]);
    await kubectl.run("wait", "--for=condition=Ready", "--timeout=10s", "hpci/inference");
  });

  it("cannot be written with the object itself", async () => {
    await kubectl.run(
      "patch",
      "hpcs",
      "training-data",
      "--type=merge",
      "-p",
      '{"status":{"id":7}}',
    );
    const { status } = JSON.parse(await kubectl.run("get", "hpcs/training-data", "-o", "json"));
    // What is said before the operator has looked, as the schema's default has it.
    expect(status).toEqual({ observedGeneration: -1 });
  });
});
