import { setTimeout as delay } from "node:timers/promises";
import { isReady, readResources, type Resource, rowOf } from "./resources.ts";
import type { Screen } from "./screen.ts";
import { ACCOUNT_SAMPLE, SAMPLES, type Stage } from "./stage.ts";

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
  await step({
    says: "A storage and two instances, one of which mounts it, from deploy/samples/",
    command: ["apply", "-k", SAMPLES],
    shown: "kubectl apply -k deploy/samples",
    isDone: (resources) => resources.length === 3 && resources.every(isReady),
  });
  await showAccount(stage, screen);
  await step({
    says: "The trainer gets 8 GPUs instead of 4",
    ...patch('{"spec":{"gpuCount":8}}'),
    isDone: (resources) => isReady(named(resources, "trainer")) && gpuCountOf(resources) === 8,
  });
  await step({
    says: "It is switched off: the GPUs stop, the instance stays",
    ...patch('{"spec":{"power":"Off"}}'),
    isDone: (resources) =>
      isReady(named(resources, "trainer")) && named(resources, "trainer").status?.state === "off",
  });
  await step({
    says: "Everything is deleted; the storage waits until nothing uses it any more",
    command: ["delete", "-k", SAMPLES, "--wait=false"],
    shown: "kubectl delete -k deploy/samples --wait=false",
    isDone: (resources) => resources.length === 0,
  });
  const left = aliveIn(stage);
  if (left > 0) throw new DemoError(`HPC Park still holds ${left} things`);
  screen.say("\nHPC Park holds nothing any more.");
}

/** Applies the samples again, so that there is something to go on with, and keeps the table up to date. */
export async function linger(stage: Stage, screen: Screen, signal: AbortSignal): Promise<void> {
  const { kubectl, controlPlane } = stage;
  await kubectl("apply", "-k", SAMPLES);
  screen.say("\nThe samples are applied once more. Go on by yourself in another terminal:\n");
  screen.say(`  export KUBECONFIG=${controlPlane.kubeconfigPath}`);
  screen.say(`  ${controlPlane.kubectl} get hpc\n`);
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
  readonly command: readonly string[];
  /** The command as a person would type it. */
  readonly shown: string;
  readonly isDone: (resources: readonly Resource[]) => boolean;
}

function stepper(stage: Stage, screen: Screen, signal: AbortSignal): (step: Step) => Promise<void> {
  return async ({ says, command, shown, isDone }) => {
    screen.say(`\n${says}\n  $ ${shown}\n`);
    await stage.kubectl(...command);
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

function patch(body: string): Pick<Step, "command" | "shown"> {
  return {
    command: ["patch", "hpci/trainer", "--type=merge", "-p", body],
    shown: `kubectl patch hpci/trainer --type=merge -p '${body}'`,
  };
}

async function read({ kubectl }: Stage): Promise<Resource[]> {
  return readResources(await kubectl("get", "hpcs,hpci", "-o", "json"));
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

function aliveIn({ simulator: { park } }: Stage): number {
  return park.instances.all().length + park.storages.all().length;
}

function conditionsOf(resources: readonly Resource[]): string {
  return JSON.stringify(
    resources.map(({ metadata, status }) => ({
      name: metadata.name,
      conditions: status?.conditions,
    })),
  );
}
