import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Command, commandsIn } from "../docs/commands.ts";
import { fencesIn } from "../docs/markdown.ts";
import { readPage } from "../docs/pages.ts";
import { PROJECT } from "../project.ts";
import { rowFor } from "./page-table.ts";
import { PageWorld } from "./page-world.ts";

type Printed = ReadonlyMap<Command, string>;

const GETTING_STARTED = "docs/getting-started.md";

/** Types the commands of a page, from top to bottom; returns what was printed by those that were run. */
async function walk(world: PageWorld, page: string): Promise<Printed> {
  const printed = new Map<Command, string>();
  for (const command of commandsIn(readPage(page))) {
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

describe(GETTING_STARTED, () => {
  let world: PageWorld;
  let printed: Printed;
  beforeAll(async () => {
    world = await PageWorld.start();
    printed = await walk(world, GETTING_STARTED);
  });
  afterAll(() => world.stop());

  const saidBy = (pattern: RegExp): string =>
    [...printed].find(([command]) => pattern.test(command))?.[1] ?? "";
  const asked = (operation: string): readonly unknown[] =>
    world.park.ledger.entries
      .filter((entry) => entry.operation === operation)
      .map(({ body }) => body);

  it("installs the image that it names", async () => {
    const deployment = await world.kubectl("get", "deployment", "-A", "-o", "yaml");
    const pushed = commandsIn(readPage(GETTING_STARTED)).find((one) => /^docker push/.test(one));
    expect(deployment).toContain(`image: ${pushed?.split(" ").at(-1)}`);
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
    const { instances, storages } = world.park.park;
    expect([
      ...instances.all(),
      ...storages.all(),
      ...world.panel.panel.applications.all(),
    ]).toEqual([]);
  });
});

describe("README.md", () => {
  const page = readPage("README.md");
  let world: PageWorld;
  beforeAll(async () => {
    world = await PageWorld.start();
    // It takes for granted that the token is there.
    await writeFile(join(world.checkout, "token"), world.park.token, { mode: 0o600 });
    await walk(world, "README.md");
  });
  afterAll(() => world.stop());

  it("shows what kubectl prints of the example that it gives", async () => {
    const [example] = fencesIn(page).filter(({ language }) => language === "yaml");
    const [shown] = fencesIn(page).filter(({ language }) => language === "console");
    const [command = "", ...lines] = shown?.text.split("\n") ?? [];
    await world.type("kubectl apply -f - -f deploy/samples/storage.yaml", example?.text);
    await world.type("kubectl wait --for=condition=Ready hpci/trainer --timeout=30s");
    const { stdout } = await world.type(command.replace("$ ", ""));

    const columnsOf = (text: string): readonly string[] =>
      text
        .split("\n")
        .filter((line) => line.startsWith("NAME"))
        .map((line) => line.split(/ +/).join(" "));
    expect(columnsOf(lines.join("\n")).toSorted()).toEqual(columnsOf(stdout).toSorted());
  });
});

describe.each(["README.md", GETTING_STARTED])("what %s leaves to other tests", (page) => {
  const left = commandsIn(readPage(page)).flatMap((command) => {
    const how = rowFor(command)?.how;
    return typeof how === "object" && "isRunBy" in how ? [{ command, ...how }] : [];
  });

  it.each(left)("is run there: $command", ({ isRunBy, line }) => {
    const lines = readFileSync(join(PROJECT, isRunBy), "utf8").split("\n");
    expect(lines.map((one) => one.trim())).toContain(line);
  });
});
