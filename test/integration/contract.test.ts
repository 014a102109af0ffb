import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { afterEach, describe, expect, it } from "vitest";
import { until } from "../until.ts";
import { accountIn, applyAccount, applySecret } from "./account-lab.ts";
import { Lab } from "./lab.ts";

const CONTRACT = new URL("../../src/contracts/hpc-park.openapi.yaml", import.meta.url);

// oxlint-disable-next-line typescript/no-explicit-any -- a test edits any place of the document
type Document = any;

let lab: Lab;

afterEach(async () => {
  await lab.stop();
});

/** From now on the service describes itself so. Returns how to end that. */
function describeAs(edit: (document: Document) => void): () => void {
  const body: Document = parse(readFileSync(CONTRACT, "utf8"));
  edit(body);
  const match = { operation: "readDescription" };
  const rule = lab.simulator.faults.add({ match, effect: { kind: "status", status: 200, body } });
  return () => lab.simulator.faults.clear(rule);
}

/** The operator reads the description at its start. */
async function startAnew(): Promise<void> {
  await lab.operator.end("SIGKILL");
  await lab.restart();
}

const offerGpus =
  (...types: readonly string[]) =>
  ({ components }: Document): void => {
    components.schemas.InstanceCreate.properties.gpu_type.enum = types;
  };

const requireRegion = ({ components }: Document): void =>
  components.schemas.InstanceCreate.required.push("region");

describe("what HPC Park says of itself", () => {
  it("refuses a spec that asks for what is not offered, at no cost", async () => {
    lab = await Lab.start();
    describeAs(offerGpus("A100", "H100"));
    await startAnew();
    await lab.applyInstance("odd", { gpuType: "B9000" });
    const { message } = await lab.untilReason("hpci/odd", "Stalled", "NotOffered");
    expect(message).toContain('spec.gpuType "B9000" is not offered; allowed: A100, H100');
    await lab.applyInstance("good");
    await lab.untilReady("hpci/good");
    await lab.applyInstance("odd", { gpuType: "H100" });
    await lab.untilReady("hpci/odd");
    expect(lab.requests("createInstance")).toHaveLength(2);
  });

  it("stops writes where a request has changed, but not what saves money, until it is mended", async () => {
    lab = await Lab.start();
    await lab.applyInstance("old");
    await lab.applyInstance("idle");
    await lab.untilReady("hpci/old", "hpci/idle");
    const mend = describeAs(requireRegion);
    await startAnew();
    await lab.applyInstance("new");
    const { message } = await lab.untilReason("hpci/new", "Stalled", "ContractChanged");
    expect(message).toContain('POST /v1/instance requires the field "region", which is not sent');
    await lab.kubectl.run("delete", "hpci", "old", "--wait=false");
    await lab.untilGone("hpci/old");
    await lab.applyInstance("idle", { power: "Off" });
    await lab.untilReason("hpci/idle", "Ready", "PoweredOff");
    expect(lab.requests("createInstance")).toHaveLength(2);
    mend();
    await lab.untilReady("hpci/new");
  });

  it("is told of on the account: what is offered, and why nothing is made in it", async () => {
    lab = await Lab.start();
    const tenant = { ...lab.kubectl, namespace: lab.namespace };
    describeAs((document) => {
      offerGpus("A100", "H100")(document);
      requireRegion(document);
    });
    await applySecret(tenant, "hpc-park", lab.simulator.token);
    await applyAccount(tenant, "paying");
    const { message } = await lab.untilReason("hpca/paying", "Synced", "ContractChanged");
    const { status } = await accountIn(tenant, "paying");

    expect(message).toContain('requires the field "region"');
    expect(status?.offers?.gpuType).toEqual(["A100", "H100"]);
  });

  it("switches a kind off whose section is missing, and no other", async () => {
    lab = await Lab.start();
    describeAs(({ paths }) => {
      for (const path of Object.keys(paths)) if (path.startsWith("/v1/storage")) delete paths[path];
    });
    await startAnew();
    await lab.applyStorage("data");
    await lab.applyInstance("train");
    await lab.untilReason("hpcs/data", "Stalled", "SectionMissing");
    await lab.untilReady("hpci/train");
  });

  it("reads all pages of a list, and takes for gone only what none of them has", async () => {
    lab = await Lab.start({ contractChanges: { pages: { size: 2 }, names: "by-reference" } });
    // More than one page takes, whatever length is asked for.
    for (let index = 0; index < 150; index += 1)
      lab.simulator.perform({
        action: "create-instance",
        label: `other ${index}`,
        token: "ordinary",
      });
    await lab.applyInstance("first");
    await lab.applyInstance("second");
    await lab.untilReady("hpci/first", "hpci/second");
    const { status } = await lab.instance("first");
    lab.simulator.perform({ action: "delete", kind: "instance", id: Number(status?.id) });
    await lab.untilReason("hpci/first", "Ready", "Available");
    await until(
      "it was made again",
      async () => (await lab.instance("first")).status?.id !== status?.id,
    );
    await lab.untilReady("hpci/first");
    expect(lab.requests("createInstance")).toHaveLength(3);
  });

  it("changes nothing where it cannot be read", async () => {
    lab = await Lab.start();
    const effect = { kind: "status", status: 502, body: "<html>" } as const;
    lab.simulator.faults.add({ match: { operation: "readDescription" }, effect });
    await startAnew();
    await lab.applyInstance("train");
    await lab.untilReady("hpci/train");
  });
});
