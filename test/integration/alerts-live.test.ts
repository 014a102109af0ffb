import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Limits, LIMITS } from "../../scripts/monitoring/alert.ts";
import { ROWS } from "../../scripts/monitoring/dashboard-rows.ts";
import { RATE } from "../../scripts/monitoring/panels.ts";
import { alertGroups } from "../../scripts/monitoring/rules.ts";
import { LABELS } from "../../src/metrics/labels.ts";
import { spawnOperator, startOperator } from "../operator-process.ts";
import { CAUSES, type Scene, setScene } from "../prometheus/causes.ts";
import { type Prometheus, type Sample, startPrometheus } from "../prometheus/server.ts";
import { prometheusTools } from "../prometheus/tools.ts";
import { until } from "../until.ts";
import { Lab } from "./lab.ts";

/** What takes minutes and days in earnest takes seconds here; the expressions are the same. */
const QUICK: Limits = {
  ...LIMITS,
  window: "5s",
  memory: "1m",
  unreadySeconds: 3,
  unsettledSeconds: 3,
  snapshotSeconds: 3,
  workerSeconds: 0.6,
};

const EXPRESSIONS = new Map(
  Object.values(alertGroups(QUICK))
    .flat()
    .map(({ name, expr }) => [name, expr]),
);
/** Of the process itself; they are tried apart. */
const OF_PROCESS = ["HpcParkOperatorDown", "HpcParkNoLeader", "HpcParkOperatorNotReady"];

/** Of this operator there is but one, which leads without a Lease. */
const LEADERS_ONLY = ["hpc_park_operator_lease_renewal_age_seconds"];
const METRIC =
  /\b(?:hpc_park_operator|controller_runtime|workqueue|rest_client|leader_election|nodejs|process)_\w+/g;
const GROUPS = /\b(?:by|on) \(([^)]*)\)/g;
const LEGEND = /\{\{(\w+)\}\}/g;
/** The operator's own, and those that Prometheus adds. */
const KNOWN_LABELS = new Set([...Object.keys(LABELS), "le", "job", "instance", "namespace"]);
const QUERIES = ROWS.flatMap(({ panels }) => panels).flatMap(({ queries }) => queries);
const SELECTOR = /(\w+)\{([^}]*)\}/g;

const tools = await prometheusTools();

async function started(): Promise<Prometheus> {
  return startPrometheus(tools?.prometheus ?? "");
}

function alertsIn(prometheus: Prometheus, name: string): Promise<readonly Sample[]> {
  return prometheus.query(EXPRESSIONS.get(name) ?? "");
}

async function untilCalls(prometheus: Prometheus, name: string): Promise<void> {
  await until(`${name} calls`, async () => (await alertsIn(prometheus, name)).length > 0);
}

async function untilRests(prometheus: Prometheus, name: string): Promise<void> {
  await until(`${name} rests`, async () => (await alertsIn(prometheus, name)).length === 0);
}

describe("every alert", () => {
  it("is brought about below", () => {
    expect([...Object.keys(CAUSES), ...OF_PROCESS].toSorted()).toEqual(
      [...EXPRESSIONS.keys()].toSorted(),
    );
  });
});

describe.skipIf(tools === undefined)("an alert of an operator at work", () => {
  let scene: Scene;
  beforeAll(async () => {
    const prometheus = await started();
    scene = await setScene(prometheus);
    await scene.lab.applyInstance("first");
    await scene.lab.untilReady("hpci/first");
    await until(
      "it is scraped",
      async () =>
        (await prometheus.query('hpc_park_operator_resources{reason="Available"}')).length > 0,
    );
  });
  afterAll(async () => {
    await scene.lab.stop();
    await scene.changed.close();
    await scene.prometheus.stop();
  });

  it.each(Object.entries(CAUSES))("%s comes with its cause, not before", async (name, cause) => {
    await untilRests(scene.prometheus, name);

    const undo = await cause(scene);

    // Whatever comes of it, the next cause is to find nothing of this one.
    try {
      await untilCalls(scene.prometheus, name);
    } finally {
      await undo?.();
    }
  });

  it("and after all that every panel of the dashboard has something to show", async () => {
    const empty: string[] = [];
    for (const { expr } of QUERIES) {
      // At some time during all that: what was stalled is no longer.
      const ever = `max_over_time((${expr.replaceAll(RATE, "10s")})[2m:200ms])`;
      if ((await scene.prometheus.query(ever)).length === 0) empty.push(expr);
    }
    expect(empty).toEqual(LEADERS_ONLY);
  });

  it("and no alert and no panel names a metric or a label that is not scraped", async () => {
    const response = await fetch(`${scene.lab.operator.healthUrl()}/metrics`);
    const scraped = await response.text();
    const all = [...EXPRESSIONS.values(), ...QUERIES.map(({ expr }) => expr)].join("\n");
    const names = new Set(all.match(METRIC));

    expect(names.size).toBeGreaterThan(40);
    expect([...names].filter((name) => !isScraped(name, scraped))).toEqual([]);
    const selectors = Array.from(all.matchAll(SELECTOR));
    const unknown = selectors.filter(([, name, labels]) => !hasLabels(name, labels, scraped));
    expect(unknown.map(([text]) => text)).toEqual([]);
    const grouped = Array.from(all.matchAll(GROUPS)).flatMap(([, list = ""]) => list.split(", "));
    const shown = QUERIES.flatMap(({ legend }) => Array.from(legend.matchAll(LEGEND)));
    const labels = new Set([...grouped, ...shown.map(([, label = ""]) => label)]);
    expect([...labels].filter((label) => !KNOWN_LABELS.has(label))).toEqual([]);
  });
});

function isScraped(name: string, scraped: string): boolean {
  return scraped.includes(`# TYPE ${name.replace(/_(bucket|count)$/, "")} `);
}

/** A series of this name has all labels that are asked for. */
function hasLabels(name = "", selector = "", scraped = ""): boolean {
  const wanted = selector.match(/\w+(?==)/g) ?? [];
  const lines = scraped.split("\n").filter((line) => line.startsWith(`${name}{`));
  return lines.some((line) => wanted.every((label) => line.includes(`${label}="`)));
}

describe.skipIf(tools === undefined)("an alert of the process", () => {
  let lab: Lab;
  let prometheus: Prometheus;
  beforeAll(async () => {
    prometheus = await started();
    lab = await Lab.start({}, { LEADER_ELECTION: "true", LEASE_DURATION_SECONDS: "60" });
  });
  afterAll(async () => {
    await lab.stop();
    await prometheus.stop();
  });

  it("comes where nobody leads, and where nobody is there at all", async () => {
    const standby = await startOperator(lab.environment);
    await prometheus.scrape([lab.operator.healthUrl(), standby.healthUrl()]);
    await until("both are scraped", async () => {
      const [sample] = await prometheus.query("sum(hpc_park_operator_ready)");
      return sample?.value === 2;
    });
    for (const name of OF_PROCESS) await untilRests(prometheus, name);

    await lab.operator.end("SIGKILL");
    await untilCalls(prometheus, "HpcParkNoLeader");
    await untilRests(prometheus, "HpcParkOperatorDown");
    await standby.end("SIGKILL");
    await untilCalls(prometheus, "HpcParkOperatorDown");
  });

  it("comes where it cannot work", async () => {
    const folder = await mkdtemp(join(tmpdir(), "nowhere-"));
    const kubeconfig = join(folder, "kubeconfig");
    await writeFile(kubeconfig, NOWHERE);
    const operator = spawnOperator({ ...lab.environment, KUBECONFIG: kubeconfig });
    await until("its health address", () => operator.healthUrl() || undefined);
    await prometheus.scrape([operator.healthUrl()]);

    await untilCalls(prometheus, "HpcParkOperatorNotReady");

    await operator.end("SIGKILL");
    await rm(folder, { recursive: true });
  });
});

/** Nothing listens on port 1. */
const NOWHERE = `apiVersion: v1
kind: Config
clusters: [{name: nowhere, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: nobody, user: {token: none}}]
contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody}}]
current-context: nowhere
`;
