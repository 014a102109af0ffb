import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { parse, stringify } from "yaml";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Finding } from "../../src/doctor/finding.ts";
import {
  type ControlPlane,
  startControlPlane,
} from "../../src/embedded/control-plane/control-plane.ts";
import { type Simulator, startSimulator } from "../../src/embedded/hpc-park/simulator.ts";
import { PROJECT } from "../project.ts";
import { startSelfSigned } from "../self-signed.ts";
import { INSTANCE_SPEC } from "./lab.ts";

const CONTRACT = join(PROJECT, "src/contracts/hpc-park.openapi.yaml");
const CRDS = join(PROJECT, "crds");
const STORAGE_CRD = "hpcstorages.hpc-park.ru";
const START_LIMIT_MS = 300_000;

// oxlint-disable-next-line typescript/no-explicit-any -- a test edits any place of the document
type Document = any;

/** Its own: a missing CRD must trouble no other test. */
let controlPlane: ControlPlane;
let simulator: Simulator;
let folder: string;
let environment: Readonly<Record<string, string>>;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  folder = await mkdtemp(join(tmpdir(), "doctor-"));
}, START_LIMIT_MS);

afterAll(async () => {
  await controlPlane.stop();
  await rm(folder, { recursive: true });
});

beforeEach(async () => {
  simulator = await startSimulator();
  await kubectl("apply", "--validate=false", "-k", CRDS);
  await kubectl("wait", "--for=condition=Established", "--timeout=30s", "crd", "--all");
  const tokenFile = join(folder, "token");
  await writeFile(tokenFile, simulator.token, { mode: 0o600 });
  environment = {
    KUBECONFIG: controlPlane.kubeconfigPath,
    HPC_PARK_URL: simulator.url,
    HPC_PARK_TOKEN_FILE: tokenFile,
    REQUEST_TIMEOUT_SECONDS: "5",
  };
});

/** What the next test must not find. */
let litter: string[] = [];

afterEach(async () => {
  await simulator.close();
  for (const thing of litter) await kubectl("delete", thing, "--ignore-not-found");
  litter = [];
});

async function kubectl(...args: string[]): Promise<string> {
  const all = ["--kubeconfig", controlPlane.kubeconfigPath, ...args];
  return (await promisify(execFile)(controlPlane.kubectl, all)).stdout;
}

async function applied(object: object): Promise<void> {
  const file = join(folder, "object.json");
  await writeFile(file, JSON.stringify(object));
  await kubectl("apply", "--validate=false", "-f", file);
}

interface Report {
  readonly code: number | null;
  readonly output: string;
  /** Without what is no matter, and without the age of this machine's API server. */
  readonly findings: readonly Finding[];
}

async function doctor(
  changes: Readonly<Record<string, string>> = {},
  without: readonly string[] = [],
): Promise<Report> {
  const kept = Object.entries({ ...environment, ...changes }).filter(
    ([name]) => !without.includes(name),
  );
  const child = spawn(process.execPath, [join(PROJECT, "src/main.ts"), "doctor", "--output=json"], {
    env: { PATH: process.env["PATH"], ...Object.fromEntries(kept) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (child.exitCode === null) await once(child, "exit");
  const { findings }: { findings: readonly Finding[] } = JSON.parse(stdout);
  return {
    code: child.exitCode,
    output: stdout + stderr,
    findings: findings.filter(
      ({ fix, says }) => fix !== undefined && !says.includes("is older than 1.28"),
    ),
  };
}

function described(edit: (document: Document) => void): void {
  const body: Document = parse(readFileSync(CONTRACT, "utf8"));
  edit(body);
  simulator.faults.add({
    match: { operation: "readDescription" },
    effect: { kind: "status", status: 200, body },
  });
}

/** A kubeconfig of somebody who may do what the rules say, and no more. */
async function kubeconfigWith(rules: readonly object[]): Promise<string> {
  const name = "limited";
  const kind = "ServiceAccount";
  await applied({ apiVersion: "v1", kind, metadata: { name, namespace: "default" } });
  const api = "rbac.authorization.k8s.io";
  const metadata = { name };
  await applied({ apiVersion: `${api}/v1`, kind: "ClusterRole", metadata, rules });
  await applied({
    apiVersion: `${api}/v1`,
    kind: "ClusterRoleBinding",
    metadata,
    roleRef: { apiGroup: api, kind: "ClusterRole", name },
    subjects: [{ kind, name, namespace: "default" }],
  });
  const request = join(folder, "request.json");
  const version = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
  await writeFile(request, JSON.stringify(version));
  const path = `/api/v1/namespaces/default/serviceaccounts/${name}/token`;
  const answer = await kubectl("create", "--raw", path, "-f", request);
  const config: Document = parse(await readFile(controlPlane.kubeconfigPath, "utf8"));
  config.users[0].user = { token: JSON.parse(answer).status.token };
  const file = join(folder, "limited.kubeconfig");
  await writeFile(file, stringify(config));
  return file;
}

describe("a healthy installation", () => {
  it("has nothing to mend", async () => {
    const { code, findings, output } = await doctor();
    expect(findings).toEqual([]);
    expect(code, output).toBe(0);
    expect(output).not.toContain(simulator.token);
  });

  it("is said to be one in words", async () => {
    const env = { PATH: process.env["PATH"], ...environment };
    const args = [join(PROJECT, "src/main.ts"), "doctor"];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    expect(stdout).toMatch(/all 47 verbs are allowed/);
    expect(stdout).toMatch(/"ordinary" is valid, an ordinary one/);
    expect(stdout).toMatch(/all is well|0 faults, 1 warnings/);
  });
});

interface Seeded {
  readonly name: string;
  /** Puts the fault in place; returns what to change in the environment, and what to leave out of it. */
  readonly seed: () => Promise<{
    readonly changes?: Readonly<Record<string, string>>;
    readonly without?: readonly string[];
  } | void>;
  readonly finds: { readonly says: RegExp; readonly fix: RegExp };
}

const SEEDED: readonly Seeded[] = [
  {
    name: "a CRD is missing",
    seed: async () => void (await kubectl("delete", "crd", STORAGE_CRD)),
    finds: { says: /hpcstorages\.hpc-park\.ru is missing/, fix: /kubectl apply .*crds/ },
  },
  {
    name: "a CRD is old",
    seed: async () => {
      const file = join(CRDS, "hpc-park.ru_hpcstorages.yaml");
      const crd: Document = parse(await readFile(file, "utf8"));
      const { spec } = crd.spec.versions[0].schema.openAPIV3Schema.properties;
      delete spec.properties.recreatePolicy;
      await applied(crd);
    },
    finds: { says: /hpcstorages.*spec\.recreatePolicy/, fix: /kubectl apply .*crds/ },
  },
  {
    name: "a verb is denied by RBAC",
    seed: async () => ({
      changes: {
        KUBECONFIG: await kubeconfigWith([
          {
            apiGroups: ["hpc-park.ru"],
            resources: [
              "hpcinstances",
              ...["hpcaccounts", "hpcstorages", "hpcnamespaces", "hpctokens"].flatMap((each) => [
                each,
                `${each}/status`,
              ]),
            ],
            verbs: ["get", "list", "watch", "patch"],
          },
          { apiGroups: ["element.1c.ru"], resources: ["*"], verbs: ["*"] },
          {
            apiGroups: ["", "coordination.k8s.io", "apiextensions.k8s.io"],
            resources: ["*"],
            verbs: ["*"],
          },
        ]),
      },
    }),
    finds: {
      says: /may not patch hpcinstances\.hpc-park\.ru\/status/,
      fix: /add to the role of the operator: patch hpcinstances/,
    },
  },
  {
    name: "the API server is away",
    seed: async () => {
      const config: Document = parse(await readFile(controlPlane.kubeconfigPath, "utf8"));
      config.clusters[0].cluster.server = "https://127.0.0.1:9";
      const file = join(folder, "away.kubeconfig");
      await writeFile(file, stringify(config));
      return { changes: { KUBECONFIG: file } };
    },
    finds: { says: /cannot be reached/, fix: /KUBECONFIG/ },
  },
  {
    name: "there is no token",
    seed: async () => ({ without: ["HPC_PARK_TOKEN_FILE"] }),
    finds: { says: /no token is given/, fix: /HPC_PARK_TOKEN_FILE/ },
  },
  {
    name: "the token is a wrong one",
    seed: () => writeFile(join(folder, "token"), "wrong"),
    finds: { says: /the token is refused: .*Invalid token/, fix: /new token .*panel/ },
  },
  {
    name: "the token has a line break in it",
    seed: () => {
      const { token } = simulator;
      return writeFile(join(folder, "token"), `${token.slice(0, 20)}\n${token.slice(20)}`);
    },
    finds: { says: /line break/, fix: /one valid token, and nothing else, into .*token/ },
  },
  {
    name: "the token has expired",
    seed: async () => void simulator.perform({ action: "expire-token", name: "ordinary" }),
    finds: { says: /the token is refused: .*expired/, fix: /new token .*panel/ },
  },
  {
    name: "the server is down",
    seed: async () => ({ changes: { HPC_PARK_URL: "http://127.0.0.1:9" } }),
    finds: { says: /connection refused/, fix: /HPC_PARK_URL.*127\.0\.0\.1:9/ },
  },
  {
    name: "certificates are not checked",
    seed: async () => ({ changes: { NODE_TLS_REJECT_UNAUTHORIZED: "0" } }),
    finds: { says: /no certificate is checked/, fix: /HPC_PARK_CA_FILE/ },
  },
  {
    name: "a request has changed",
    seed: async () =>
      described(({ components }) => components.schemas.InstanceCreate.required.push("region")),
    finds: { says: /POST \/v1\/instance requires the field "region"/, fix: /newer version/ },
  },
  {
    name: "an enumeration has changed",
    seed: async () => {
      const metadata = { name: "train", namespace: "default" };
      await applied({
        apiVersion: "hpc-park.ru/v1alpha1",
        kind: "HpcInstance",
        metadata,
        spec: INSTANCE_SPEC,
      });
      described(({ components }) => {
        components.schemas.InstanceCreate.properties.gpu_type.enum = ["H100", "L40S"];
      });
    },
    finds: {
      says: /HpcInstance default\/train: spec\.gpuType "A100" is not offered; allowed: H100, L40S/,
      fix: /put a value that is offered/,
    },
  },
  {
    name: "the Secret of an HpcAccount is missing",
    seed: () => appliedAccount({}),
    finds: {
      says: /Secret "other", named in spec\.tokenSecretRefs, does not exist in namespace default/,
      fix: /token into its Secret/,
    },
  },
  {
    name: "an HpcAccount is on a server that is not allowed",
    seed: () => appliedAccount({ url: "https://elsewhere.example" }),
    finds: { says: /elsewhere\.example is not a server/, fix: /ALLOWED_URLS/ },
  },
  {
    name: "the token of an HpcAccount is of nobody",
    seed: async () => {
      await kubectl("create", "secret", "generic", "other", "--from-literal=token=nobodys");
      await appliedAccount({});
    },
    finds: { says: /the token is refused: .*Invalid token/, fix: /Secret "other", key "token"/ },
  },
];

function appliedAccount(spec: object): Promise<void> {
  litter = ["hpca/paying", "secret/other"];
  return applied({
    apiVersion: "hpc-park.ru/v1alpha1",
    kind: "HpcAccount",
    metadata: { name: "paying", namespace: "default" },
    spec: { tokenSecretRefs: [{ name: "other", key: "token" }], ...spec },
  });
}

describe("a seeded fault", () => {
  it.each(SEEDED)("$name", async ({ seed, finds }) => {
    const { changes, without } = (await seed()) ?? {};
    const { code, findings, output } = await doctor(changes, without);
    expect(findings).toEqual([
      expect.objectContaining({
        verdict: "fault",
        says: expect.stringMatching(finds.says),
        fix: expect.stringMatching(finds.fix),
      }),
    ]);
    expect(code).toBe(1);
    expect(output).not.toContain(simulator.token.slice(0, 20));
  });

  it("a certificate that nobody known has signed", async () => {
    await using server = await startSelfSigned(folder);
    const { code, findings } = await doctor({ HPC_PARK_URL: server.url });
    expect(findings).toEqual([
      expect.objectContaining({
        says: expect.stringMatching(/certificate is not trusted/),
        fix: expect.stringMatching(/HPC_PARK_CA_FILE/),
      }),
    ]);
    expect(code).toBe(1);
  });

  it("a section that is missing is a warning, and no more", async () => {
    described(({ paths }) => delete paths["/v1/limit"]);
    const { code, findings } = await doctor();
    expect(findings.map(({ verdict }) => verdict)).toEqual(["warning"]);
    expect(code).toBe(0);
  });

  it("a mistake in the configuration is told with the option", async () => {
    const { code, findings } = await doctor({ HPC_PARK_URL: "park" });
    expect(findings).toMatchObject([{ says: expect.stringMatching(/^HPC_PARK_URL must be/) }]);
    expect(code).toBe(1);
  });
});
