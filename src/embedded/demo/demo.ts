import { setTimeout as delay } from "node:timers/promises";
import { findCondition } from "../../api/conditions.ts";
import { isReady, readResources, type Resource, rowOf } from "./resources.ts";
import type { Screen } from "./screen.ts";
import { ACCOUNT_SAMPLE, APPLICATION_SAMPLE, SAMPLES, type Stage } from "./stage.ts";

const TRAINER = "hpci/trainer";
const SHOP = "elapp/shop";
const LOOK_MS = 400;
const FRESH_LOOK_MS = 5_000;
const PRICE = "jsonpath={.status.pricePerHour}";
/** Far longer than any step takes; past it something is wrong, and the demo says what it sees. */
const STEP_LIMIT_MS = 120_000;

/** A step that did not come to its end. */
export class DemoError extends Error {
  override readonly name = "DemoError";
}

/** Plays the main job before the reader's eyes. Rejects with a DemoError where a step does not come to its end. */
export async function play(stage: Stage, screen: Screen, signal: AbortSignal): Promise<void> {
  const step = stepper(stage, screen, signal);

  await openAccount(stage, screen);
  await openConsole(stage, screen);
  await step({
    says: "A storage and two instances on HPC Park, and an application in the Element panel, from deploy/samples/",
    commands: [
      ["apply", "-k", SAMPLES],
      ["apply", "-f", APPLICATION_SAMPLE],
    ],
    shown: [
      "kubectl apply -k deploy/samples",
      "kubectl apply -f deploy/samples/element/application.yaml",
    ],
    isDone: (resources) => resources.length === 4 && resources.every(isReady),
  });
  await showAccount(stage, screen);
  await step({
    says: "The trainer gets 8 GPUs instead of 4, the shop another build",
    ...patches([TRAINER, { gpuCount: 8 }], [SHOP, { source: { assemblyVersion: "1.0-42" } }]),
    isDone: (resources) =>
      isReady(named(resources, "trainer")) &&
      gpuCountOf(resources) === 8 &&
      isReady(named(resources, "shop")) &&
      versionOf(resources) === "1.0-42",
  });
  await step({
    says: "A build that does not compile: the panel goes back to the one before and says nothing, the operator tells why",
    ...patches([SHOP, { source: { assemblyVersion: "1.0-43" } }]),
    isDone: (resources) => reasonOf(named(resources, "shop")) === "UpdateRolledBack",
  });
  await step({
    says: "Both are switched off: the GPUs stop, the application stops, and both stay",
    ...patches(
      [TRAINER, { power: "Off" }],
      [SHOP, { power: "Stopped", source: { assemblyVersion: "1.0-42" } }],
    ),
    isDone: (resources) =>
      stateIn(resources, "trainer") === "off" && stateIn(resources, "shop") === "Stopped",
  });
  await step({
    says: "Everything is deleted; the storage waits until nothing uses it any more",
    commands: [
      ["delete", "-k", SAMPLES, "--wait=false"],
      ["delete", SHOP, "--wait=false"],
    ],
    shown: ["kubectl delete -k deploy/samples --wait=false", `kubectl delete ${SHOP} --wait=false`],
    isDone: (resources) => resources.length === 0,
  });
  const left = aliveIn(stage);
  if (left > 0) throw new DemoError(`${left} remote things are left`);
  screen.say("\nNeither HPC Park nor the panel holds anything any more.");
}

/** Applies the samples again, so that there is something to go on with, and keeps the table up to date. */
export async function linger(stage: Stage, screen: Screen, signal: AbortSignal): Promise<void> {
  const { kubectl, controlPlane } = stage;
  await kubectl("apply", "-k", SAMPLES);
  await kubectl("apply", "-f", APPLICATION_SAMPLE);
  screen.say("\nThe samples are applied once more. Go on by yourself in another terminal:\n");
  screen.say(`  export KUBECONFIG=${controlPlane.kubeconfigPath}`);
  screen.say(`  ${controlPlane.kubectl} get hpc,element\n`);
  screen.say("Ctrl-C ends everything.\n");
  while (!signal.aborted) {
    screen.table((await read(stage)).map((resource) => rowOf(resource, Date.now())));
    await delay(LOOK_MS, undefined, { signal });
  }
}

/** Who pays for what follows. */
async function openAccount({ kubectl }: Stage, screen: Screen): Promise<void> {
  screen.say("\nAn account: whose token is used for this namespace, and who pays");
  screen.say("  $ kubectl apply -f deploy/samples/account.yaml");
  await kubectl("apply", "-f", ACCOUNT_SAMPLE);
  await kubectl("wait", "hpca/default", "--for=condition=Ready", "--timeout=60s");
}

/** The other system: whose rights are used in which panel. */
async function openConsole({ kubectl, consoleFile }: Stage, screen: Screen): Promise<void> {
  screen.say("\nA control panel of 1C:Enterprise.Element, with the client id and secret of a user");
  screen.say("  $ kubectl apply -f deploy/samples/element/console.yaml");
  await kubectl("apply", "-f", consoleFile);
  await kubectl("wait", "elcon/panel", "--for=condition=Ready", "--timeout=60s");
}

/** What all of it costs by now: the account is asked for a fresh look first, for it looks but once a minute by itself. */
async function showAccount({ kubectl }: Stage, screen: Screen): Promise<void> {
  const before = await kubectl("get", "hpca/default", "-o", PRICE);
  const asked = `hpc-park.ru/reconcile-requested-at=${new Date().toISOString()}`;
  await kubectl("annotate", "hpca/default", asked, "--overwrite");
  const startedMs = performance.now();
  while (performance.now() - startedMs < FRESH_LOOK_MS) {
    await delay(LOOK_MS);
    if ((await kubectl("get", "hpca/default", "-o", PRICE)) !== before) break;
  }
  screen.say("\n  $ kubectl get hpca\n");
  for (const line of (await kubectl("get", "hpca")).trimEnd().split("\n")) screen.say(`  ${line}`);
}

interface Step {
  readonly says: string;
  readonly commands: readonly (readonly string[])[];
  /** The commands as a person would type them. */
  readonly shown: readonly string[];
  readonly isDone: (resources: readonly Resource[]) => boolean;
}

function stepper(stage: Stage, screen: Screen, signal: AbortSignal): (step: Step) => Promise<void> {
  return async ({ says, commands, shown, isDone }) => {
    screen.say(`\n${says}`);
    for (const line of shown) screen.say(`  $ ${line}`);
    screen.say();
    for (const command of commands) await stage.kubectl(...command);
    const startedMs = performance.now();
    for (;;) {
      const resources = await read(stage);
      screen.table(resources.map((resource) => rowOf(resource, Date.now())));
      if (isDone(resources)) break;
      if (!stage.operator.isRunning) throw new DemoError("the operator has ended");
      if (performance.now() - startedMs > STEP_LIMIT_MS) {
        throw new DemoError(
          `${STEP_LIMIT_MS / 1000} s were not enough: ${conditionsOf(resources)}`,
        );
      }
      await delay(LOOK_MS, undefined, { signal });
    }
    screen.keep();
    screen.say(`  done in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  };
}

function patches(
  ...changes: readonly (readonly [resource: string, spec: object])[]
): Pick<Step, "commands" | "shown"> {
  const bodies = changes.map(([resource, spec]) => [resource, JSON.stringify({ spec })] as const);
  return {
    commands: bodies.map(([resource, body]) => ["patch", resource, "--type=merge", "-p", body]),
    shown: bodies.map(([resource, body]) => `kubectl patch ${resource} --type=merge -p '${body}'`),
  };
}

async function read({ kubectl }: Stage): Promise<Resource[]> {
  return readResources(await kubectl("get", "hpcs,hpci,elapp", "-o", "json"));
}

function named(resources: readonly Resource[], name: string): Resource {
  const found = resources.find(({ metadata }) => metadata.name === name);
  if (found === undefined) throw new DemoError(`${name} is gone`);
  return found;
}

function gpuCountOf(resources: readonly Resource[]): number | undefined {
  const { status } = named(resources, "trainer");
  return status !== undefined && "gpuCount" in status ? status.gpuCount : undefined;
}

function versionOf(resources: readonly Resource[]): string | undefined {
  const { status } = named(resources, "shop");
  return status !== undefined && "appliedVersion" in status ? status.appliedVersion : undefined;
}

function stateIn(resources: readonly Resource[], name: string): string | undefined {
  const resource = named(resources, name);
  return isReady(resource) ? rowOf(resource, 0).state : undefined;
}

function reasonOf({ status }: Resource): string | undefined {
  return findCondition(status?.conditions, "Synced")?.reason;
}

function aliveIn({ simulator: { park }, panel }: Stage): number {
  const onPark = park.instances.all().length + park.storages.all().length;
  return onPark + panel.panel.applications.all().length;
}

function conditionsOf(resources: readonly Resource[]): string {
  return JSON.stringify(
    resources.map(({ metadata, status }) => ({
      name: metadata.name,
      conditions: status?.conditions,
    })),
  );
}
