import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { findCondition } from "../../src/api/conditions.ts";
import type { Command } from "../docs/commands.ts";
import { PROJECT } from "../project.ts";
import { until } from "../until.ts";
import { applyFolder, deleteFolder, endNamespace, endPod, startPod } from "./page-cluster.ts";
import type { PageWorld, Printed } from "./page-world.ts";

/** How a command of a page is run where it cannot be run as it stands. The first row whose pattern fits counts. */
interface Row {
  readonly command: RegExp;
  readonly because: string;
  readonly how:
    | { readonly run: (world: PageWorld, command: Command) => Promise<Printed> }
    /** Another test runs it: that file has this line. */
    | { readonly isRunBy: string; readonly line: string }
    | "not run";
}

/** The pages whose commands are typed by pages.test.ts. */
export const README = "README.md";
export const GETTING_STARTED = "docs/getting-started.md";
export const OPERATIONS = "docs/operations.md";
export const TYPED_PAGES = [README, GETTING_STARTED, OPERATIONS];

export const TABLE: readonly Row[] = [
  {
    command: /^npm run demo$/,
    because: "it stays until Ctrl-C; the other test has it end by itself",
    how: {
      isRunBy: "test/integration/demo.test.ts",
      line: 'const args = ["-c", `${command} -- --exit`];',
    },
  },
  {
    command: /^npm test$/,
    because: "this is a part of it; continuous integration runs it on a fresh clone",
    how: { isRunBy: ".ci/run", line: "npm test" },
  },
  {
    command: /^npm run image -- --tag \S+$/,
    because: "it needs a Docker engine; npm run test:image brings one, and builds the image on it",
    how: { isRunBy: ".ci/run", line: "npm run test:image" },
  },
  { command: /^docker push \S+$/, because: "there is no registry here", how: "not run" },
  {
    command: /^\(umask 077 && cat > token\)$/,
    because: "a person pastes the token",
    how: { run: (world, command) => world.type(command, `${world.park.token}\n`) },
  },
  {
    command: /^cat > client-id$/,
    because: "a person types the id",
    how: { run: (world, command) => world.type(command, `${world.panel.clientId}\n`) },
  },
  {
    command: /^\(umask 077 && cat > client-secret\)$/,
    because: "a person pastes the secret",
    how: { run: (world, command) => world.type(command, `${world.panel.clientSecret}\n`) },
  },
  {
    command: /^kubectl apply --server-side -k \S+$/,
    because:
      "an API server before 1.28 lacks policy/v1 and CEL, and its kubectl reads no folders in kustomizations: there the test renders the folder",
    how: { run: applyFolder },
  },
  {
    command: /^kubectl rollout status /,
    because:
      "nobody runs pods here: the test starts one operator with the Deployment's environment, Secret and ServiceAccount, then the command runs as it stands",
    how: {
      run: async (world, command) => {
        await startPod(world);
        return world.type(command);
      },
    },
  },
  {
    command: /^kubectl scale .* --replicas=0$/,
    because: "nobody ends pods here: the test ends the operator as the kubelet would",
    how: {
      run: async (world, command) => {
        await endPod(world);
        return world.type(command);
      },
    },
  },
  {
    command: /^kubectl scale .* --replicas=2$/,
    because: "nobody starts pods here: the test does",
    how: {
      run: async (world, command) => {
        const printed = await world.type(command);
        await startPod(world);
        return printed;
      },
    },
  },
  {
    command: /^velero restore create /,
    because: "there is no Velero here; restore.test.ts does to objects what it does",
    how: "not run",
  },
  {
    command: /^kubectl delete -k my-cluster$/,
    because:
      "an old kubectl reads no folders in kustomizations; and the end of the namespace is a controller's work, which nobody does here",
    how: { run: deleteFolder },
  },
  {
    command: /^kubectl exec .* -- node \/app\/operator\.mjs doctor$/,
    because:
      "there is no pod to run it in: it is run from the sources, with the environment of the pod",
    how: { run: examine },
  },
  {
    command: /^kubectl logs /,
    because: "there is no pod: what the operator has logged is read from its process",
    how: { run: async ({ operator }) => ({ stdout: operator?.log() ?? "", stderr: "" }) },
  },
  {
    command: /^kubectl delete namespace \S+$/,
    because: "the end of a namespace is a controller's work: the test empties it and lets it go",
    how: { run: endNamespace },
  },
  {
    command: /^kubectl patch (\S+) (\S+) -n (\S+) /,
    because: "a person looks at what becomes of it before he goes on, and so does the test",
    how: {
      run: async (world, command) => {
        const printed = await world.type(command);
        await settled(world, command.split(" ").slice(2, 6));
        return printed;
      },
    },
  },
  {
    command: /^(kubectl|\$\(kubectl|mkdir|rm|cat) /,
    because: "it is run as it stands; ssh is a stand-in that prints what it was called with",
    how: { run: (world, command) => world.type(command) },
  },
];

/** The row of a command; undefined where the table has none, which makes the test red. */
export function rowFor(command: Command): Row | undefined {
  return TABLE.find((row) => row.command.test(command));
}

/** It is as its spec wants it. */
async function settled(world: PageWorld, words: readonly string[]): Promise<void> {
  await until(`${words.join(" ")} is as it shall be`, async () => {
    const { metadata, status } = JSON.parse(await world.kubectl("get", ...words, "-o", "json"));
    const ready = findCondition(status?.conditions, "Ready");
    return status?.observedGeneration === metadata.generation && ready?.status === "True";
  });
}

async function examine({ operatorEnvironment }: PageWorld): Promise<Printed> {
  const env = { PATH: process.env["PATH"], ...operatorEnvironment };
  const args = [join(PROJECT, "src/main.ts"), "doctor"];
  return promisify(execFile)(process.execPath, args, { env });
}
