import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Command, commandsIn } from "../docs/commands.ts";
import { fencesIn } from "../docs/markdown.ts";
import { readPage } from "../docs/pages.ts";
import { PROJECT } from "../project.ts";
import { endPod, startPod, SYSTEM } from "./page-cluster.ts";
import { GETTING_STARTED, OPERATIONS, README, rowFor, TYPED_PAGES } from "./page-table.ts";
import { PageWorld, PUBLIC_KEY } from "./page-world.ts";

type Printed = ReadonlyMap<Command, string>;

/** One after the other in one cluster: the operator is installed and taken out between the pages. */
let world: PageWorld;
beforeAll(async () => {
  world = await PageWorld.start();
});
afterAll(() => world.stop());

/** Types the commands of a page, from top to bottom; returns what was printed by those that were run. */
async function walk(page: string, text = readPage(page)): Promise<Printed> {
  const printed = new Map<Command, string>();
  for (const command of commandsIn(text)) {
    const how = rowFor(command)?.how;
    if (how === undefined) throw new Error(`${page}: the table has no row for: ${command}`);
    if (how === "not run" || "isRunBy" in how) continue;
    const { stdout } = await how.run(world, command).catch((error: unknown) => {
      const log = world.operator?.log() ?? "";
      throw new Error(`${page}: ${command}\n${log}`, { cause: error });
    });
    printed.set(command, stdout);
  }
  return printed;
}

/** Labels of all that is paid for. */
function costly(): readonly string[] {
  const { instances, storages } = world.park.park;
  const labels = [...instances.all(), ...storages.all()].map(({ label }) => label);
  return [...labels, ...world.panel.panel.applications.all().map(({ id }) => id)];
}

describe(README, () => {
  const page = readPage(README);
  beforeAll(async () => {
    // The page takes for granted that the token is there.
    await writeFile(join(world.checkout, "token"), world.park.token, { mode: 0o600 });
    await walk(README);
  });
  afterAll(async () => {
    await world.type("kubectl delete hpci,hpcs --all");
    await endPod(world);
    await world.type(`kubectl delete secret hpc-park-token -n ${SYSTEM} && rm token`);
  });

  it("shows what kubectl prints of the example that it gives", async () => {
    const blockOf = (language: string): string =>
      fencesIn(page).find((fence) => fence.language === language)?.text ?? "";
    const [command = "", ...shown] = blockOf("console").split("\n");
    await world.type("kubectl apply -f deploy/samples/storage.yaml -f -", blockOf("yaml"));
    await world.type("kubectl wait --for=condition=Ready hpci/trainer --timeout=30s");
    const { stdout } = await world.type(command.replace("$ ", ""));

    expect(columnsIn(shown.join("\n"))).toEqual(columnsIn(stdout));
    expect(columnsIn(stdout)).toHaveLength(2);
  });
});

describe(GETTING_STARTED, () => {
  let printed: Printed;
  let before: number;
  beforeAll(async () => {
    before = world.park.ledger.entries.length;
    printed = await walk(GETTING_STARTED);
  });

  const saidBy = (pattern: RegExp): string =>
    [...printed].find(([command]) => pattern.test(command))?.[1] ?? "";
  const asked = (operation: string): readonly unknown[] =>
    world.park.ledger.entries
      .slice(before)
      .filter((entry) => entry.operation === operation)
      .map(({ body }) => body);

  it("installs the image that it names", async () => {
    const deployment = await world.kubectl("get", "deployment", "-A", "-o", "yaml");
    const typed = commandsIn(readPage(GETTING_STARTED));
    const pushed = typed.find((one) => one.startsWith("docker push ")) ?? "";
    expect(deployment).toContain(`image: ${pushed.replace("docker push ", "")}`);
  });

  it("has a container made, and shows it as it is", () => {
    expect(asked("createInstance")).toMatchObject([{ gpu_type: "A100", gpu_count: 1 }]);
    expect(saidBy(/^kubectl get hpc -n training/)).toMatch(/trainer +True +on +1×A100/);
    expect(saidBy(/^kubectl describe/)).toContain("Conditions:");
  });

  it("logs in where HPC Park runs it", () => {
    const [command] = saidBy(/sshCommand.*\\n/).split("\n");
    expect(command).toMatch(/^ssh -p \d+ root@p\d\.msk-1\.hpc-park\.ru$/);
    expect(saidBy(/ nvidia-smi$/)).toBe(`${command} nvidia-smi\n`);
  });

  it("switches it off, and on with more", () => {
    expect(asked("changeInstanceState")).toEqual([{ state: "off" }, { state: "on" }]);
    expect(asked("changeInstanceResources")).toMatchObject([{ gpu_count: 2 }]);
    expect(asked("growStorage")).toMatchObject([{ size_gb: 100 }]);
  });

  it("asks the doctor and the log, which find nothing to complain of", () => {
    expect(saidBy(/ doctor$/)).toMatch(/^0 faults/m);
    expect(saidBy(/^kubectl logs/)).toContain('"msg":"leading"');
  });

  it("runs an application in a panel", () => {
    expect(saidBy(/^kubectl get element/)).toMatch(/shop +True +Running +1\.0-9/);
  });

  it("leaves nothing behind that costs money", () => {
    expect(costly()).toEqual([]);
  });
});

describe(OPERATIONS, () => {
  const [, ...sections] = readPage(OPERATIONS).split(/^## /m);
  const withCommands = sections.filter((section) => commandsIn(section).length > 0);
  const titled = withCommands.map((section) => [section.split("\n")[0] ?? "", section] as const);

  it.each(titled)("%s", async (_, section) => {
    await furnish();
    await walk(OPERATIONS, section);
  });

  it("leaves nothing behind but what was to be retained", () => {
    expect(costly()).toEqual([expect.stringContaining("training/training-data ")]);
  });
});

/** What a section takes for granted: an operator at work, and what Getting started has made. */
async function furnish(): Promise<void> {
  const typed = commandsIn(readPage(GETTING_STARTED));
  const resources = typed.find((one) => one.startsWith("kubectl apply -n training -f -")) ?? "";
  if (world.operator === undefined) await startPod(world);
  await world.type("kubectl apply -f -", JSON.stringify(namespace()));
  await world.type("kubectl apply -n training -f deploy/samples/account.yaml");
  await world.type(resources);
  await world.type("kubectl wait -n training --for=condition=Ready hpci/trainer --timeout=30s");
}

function namespace(): object {
  const secret = (name: string, stringData: object): object => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace: "training" },
    stringData,
  });
  const items = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "training" } },
    secret("hpc-park", { token: world.park.token }),
    secret("trainer-ssh-key", { "ssh-publickey": PUBLIC_KEY }),
  ];
  return { apiVersion: "v1", kind: "List", items };
}

function columnsIn(table: string): readonly string[] {
  const heads = table.split("\n").filter((line) => line.startsWith("NAME"));
  return heads.map((line) => line.split(/ +/).join(" ")).toSorted();
}

const LEFT = TYPED_PAGES.flatMap((page) =>
  commandsIn(readPage(page)).flatMap((command) => {
    const how = rowFor(command)?.how;
    return typeof how === "object" && "isRunBy" in how ? [{ page, command, ...how }] : [];
  }),
);

describe("what is left to other tests", () => {
  it.each(LEFT)("$page: $command", ({ isRunBy, line }) => {
    const lines = readFileSync(join(PROJECT, isRunBy), "utf8").split("\n");
    expect(lines.map((one) => one.trim())).toContain(line);
  });
});
