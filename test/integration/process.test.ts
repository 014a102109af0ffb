import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { Lab } from "./lab.ts";
import { type OperatorProcess, spawnOperator, startOperator } from "../operator-process.ts";
import { until } from "../until.ts";

/** A cluster that nobody serves: nothing listens on port 1. */
const NOWHERE = `apiVersion: v1
kind: Config
clusters: [{name: nowhere, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: nobody, user: {token: none}}]
contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody}}]
current-context: nowhere
`;

/** An operator that does not outlive its test, however that ends. */
function spawned(environment: Readonly<Record<string, string>>): OperatorProcess {
  const operator = spawnOperator(environment);
  onTestFinished(async () => {
    await operator.end("SIGKILL");
  });
  return operator;
}

describe("the process", () => {
  it("tells all mistakes of its configuration at once and ends with code 2", async () => {
    const operator = spawned({ POLL_INTERVAL_SECONDS: "soon", LOG_LEVEL: "loud" });

    const code = await operator.ended;

    expect(code).toBe(2);
    for (const name of ["POLL_INTERVAL_SECONDS", "LOG_LEVEL", "HPC_PARK_TOKEN_FILE"]) {
      expect(operator.log()).toContain(name);
    }
  });

  it("is alive but not ready while the API server cannot be reached, and says why", async () => {
    const folder = await mkdtemp(join(tmpdir(), "nowhere-"));
    const kubeconfig = join(folder, "kubeconfig");
    await writeFile(kubeconfig, NOWHERE);
    const operator = spawned({
      KUBECONFIG: kubeconfig,
      HPC_PARK_TOKEN: "x",
      HEALTH_HOST: "127.0.0.1",
      HEALTH_PORT: "0",
    });
    await until("its health address", () => operator.healthUrl() || undefined);

    const alive = await fetch(`${operator.healthUrl()}/healthz`);
    const answer = await until("the reason", async () => {
      const ready = await fetch(`${operator.healthUrl()}/readyz`);
      const text = await ready.text();
      return text.includes("kube-system") && { status: ready.status, text };
    });
    const code = await operator.end("SIGTERM");
    await rm(folder, { recursive: true });

    expect(alive.status).toBe(200);
    expect(answer.status).toBe(503);
    expect(code).toBe(0);
  });
});

describe("the token", () => {
  const CANARY = "canary-7f3a9c51d2e84b60af17c3d5e9b82746-token";
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start({ token: CANARY });
  });
  afterAll(() => lab.stop());

  it("is in no log, event, status or metric, even where the provider echoes it", async () => {
    lab.simulator.faults.add({
      match: { method: "POST", times: 1 },
      effect: { kind: "status", status: 422, body: { detail: `bad header: Bearer ${CANARY}` } },
    });
    lab.simulator.faults.add({
      match: { method: "GET", nth: 3 },
      effect: { kind: "reset-before" },
    });
    await lab.applyInstance("secretive");
    await lab.untilReady("hpci/secretive");
    const metrics = await fetch(`${lab.operator.healthUrl()}/metrics`);

    const everything = [
      await lab.kubectl.run("get", "hpci,hpcs,events", "-o", "yaml"),
      await metrics.text(),
      lab.operator.log(),
    ];

    expect(everything.join("\n")).toContain("bad header");
    for (const text of everything) expect(text).not.toContain(CANARY.slice(7, 39));
  });

  it("is counted in metrics that tell what the operator does", async () => {
    const response = await fetch(`${lab.operator.healthUrl()}/metrics`);
    const text = await response.text();

    expect(text).toMatch(/provider_requests_total\{.*operation="create instance",code="201"\} 1/);
    expect(text).toMatch(
      /hpc_park_operator_resources\{controller="HpcInstance",ready="True",reason="Available"\} 1/,
    );
    expect(text).toMatch(
      /controller_runtime_reconcile_total\{controller="HpcInstance",result="success"\}/,
    );
  });
});

describe("the state path without its slash", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start({ statePath: "no-slash" });
  });
  afterAll(() => lab.stop());

  it("is used where the live description has it", async () => {
    await lab.applyInstance("switched", { power: "Off" });

    await lab.untilReason("hpci/switched", "Ready", "PoweredOff");

    expect(lab.requests("changeInstanceState").map(({ path }) => path)).toEqual([
      expect.stringMatching(/^\/v1\/instance\d+\/state\/$/),
    ]);
  });
});

describe("several operators", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start({}, { LEADER_ELECTION: "true" });
  });
  afterAll(() => lab.stop());

  it("one works; when it ends in order another takes over at once", async () => {
    await lab.applyInstance("led");
    await lab.untilReady("hpci/led");
    const second = await startOperator(lab.environment);
    const workedBefore = /"msg":"leading"/.test(second.log());
    const third = await startOperator(lab.environment);
    const standbyCode = await third.end("SIGTERM");

    await lab.operator.end("SIGTERM");
    await until("the second leads", () => /"msg":"leading"/.test(second.log()), {
      limitMs: 10_000,
    });
    lab.operator = second;
    await lab.kubectl.run("delete", "hpci/led", "--timeout=20s");

    expect([workedBefore, standbyCode]).toEqual([false, 0]);
    expect(lab.requests("createInstance")).toHaveLength(1);
  });
});
