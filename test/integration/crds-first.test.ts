import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type ControlPlane,
  startControlPlane,
} from "../../src/embedded/control-plane/control-plane.ts";
import { type Simulator, startSimulator } from "../../src/embedded/hpc-park/simulator.ts";
import { type OperatorProcess, startOperator } from "../operator-process.ts";
import { PROJECT } from "../project.ts";
import { until } from "../until.ts";
import { INSTANCE_SPEC } from "./lab.ts";

const CRD = "hpcinstances.hpc-park.ru";

/** Holds docs/operations.md to what it says of an operator that was taken out in the wrong order: with its CRDs, and before its resources. */
describe("CRDs that are deleted while resources are there, and no operator is", () => {
  /** Its own: a CRD on its way out must trouble no other test. */
  let plane: ControlPlane;
  let simulator: Simulator;
  let operator: OperatorProcess;
  let folder: string;
  let environment: Readonly<Record<string, string>>;

  async function kubectl(...args: readonly string[]): Promise<string> {
    const all = ["--kubeconfig", plane.kubeconfigPath, ...args];
    return (await promisify(execFile)(plane.kubectl, all, { timeout: 60_000 })).stdout;
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "crds-first-"));
    [plane, simulator] = await Promise.all([
      startControlPlane(),
      startSimulator({ timings: { createMs: 50, deleteMs: 50 } }),
    ]);
    await kubectl("apply", "--validate=false", "-k", join(PROJECT, "crds"));
    await kubectl("wait", "--for=condition=Established", "--timeout=30s", "crd", "--all");
    environment = {
      KUBECONFIG: plane.kubeconfigPath,
      HPC_PARK_URL: simulator.url,
      HPC_PARK_TOKEN: simulator.token,
      POLL_INTERVAL_SECONDS: "0.5",
      ACTIVE_POLL_INTERVAL_SECONDS: "0.1",
      REQUEST_TIMEOUT_SECONDS: "1",
      SETTLE_SECONDS: "0.2",
      HEALTH_HOST: "127.0.0.1",
      HEALTH_PORT: "0",
    };
    operator = await startOperator(environment);
    const file = join(folder, "instance.json");
    const apiVersion = "hpc-park.ru/v1alpha1";
    const metadata = { name: "one" };
    const instance = { apiVersion, kind: "HpcInstance", metadata, spec: INSTANCE_SPEC };
    await writeFile(file, JSON.stringify(instance));
    await kubectl("apply", "-f", file);
    await kubectl("wait", "--for=condition=Ready", "--timeout=20s", "hpci/one");
    await operator.end("SIGTERM");
  });
  afterAll(async () => {
    await operator.end("SIGKILL");
    await Promise.all([simulator.close(), plane.stop()]);
    await rm(folder, { recursive: true });
  });

  it("wait for them, and go when an operator that was installed again has let go of them", async () => {
    await kubectl("delete", "crd", CRD, "--wait=false");
    await until("the resource is on its way out", async () => {
      const { metadata } = JSON.parse(await kubectl("get", "hpci/one", "-o", "json"));
      return metadata.deletionTimestamp !== undefined;
    });
    const living = simulator.park.instances.all().length;
    await kubectl("apply", "--validate=false", "-k", join(PROJECT, "crds"));
    operator = await startOperator(environment);
    await until("the CRD is gone", async () => {
      const names = await kubectl("get", "crd", "-o", "name");
      return !names.includes(CRD);
    });

    expect(living).toBe(1);
    expect(simulator.park.instances.all()).toEqual([]);
  });

  it("are then applied once more, and the operator works again", async () => {
    await kubectl("apply", "--validate=false", "-k", join(PROJECT, "crds"));
    await kubectl("wait", "--for=condition=Established", "--timeout=30s", `crd/${CRD}`);
    await kubectl("apply", "-f", join(folder, "instance.json"));
    await kubectl("wait", "--for=condition=Ready", "--timeout=30s", "hpci/one");

    expect(simulator.park.instances.all()).toHaveLength(1);
  });
});
