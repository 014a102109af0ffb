import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OperatorProcess } from "../../operator-process.ts";
import { until } from "../../until.ts";
import { heldAt, type Term, termsOf } from "../lease-history.ts";
import type { MessageProxy } from "../message-proxy.ts";
import { kubeconfigFor } from "../operator-settings.ts";
import type { World } from "../world.ts";
import { Gate } from "./gate.ts";

/** In milliseconds; a Lease counts whole seconds, so two is short without being the shortest. */
export const LEASE = { durationMs: 2_000, renewDeadlineMs: 1_200, retryMs: 200 };

/** One of several operators, with doors of its own to both sides. */
export interface Rival {
  readonly client: string;
  readonly operator: OperatorProcess;
  readonly kube: Gate;
  readonly cloud: Gate;
  readonly proxy: MessageProxy;
}

/** Several operators in one world. */
export class Election {
  readonly #world: World;
  readonly #folder: string;
  readonly #rivals: Rival[] = [];

  private constructor(world: World, folder: string) {
    this.#world = world;
    this.#folder = folder;
  }

  static async open(world: World): Promise<Election> {
    return new Election(world, await mkdtemp(join(tmpdir(), "fault-election-")));
  }

  get rivals(): readonly Rival[] {
    return this.#rivals;
  }

  /** Starts one more operator; it is there when it says that it is ready. */
  async enter(
    client: string,
    environment: Readonly<Record<string, string>> = {},
    prepare: (rival: Omit<Rival, "operator">) => void = () => undefined,
  ): Promise<Rival> {
    const { proxy } = await this.#world.anotherKubeProxy();
    const { byGate } = this.#world.cloud;
    const { cloudProxy } = this.#world;
    const kube = await Gate.open(proxy.url);
    const cloud = await Gate.open(cloudProxy.url, { "x-client-id": client });
    const kubeconfig = join(this.#folder, client);
    await writeFile(kubeconfig, kubeconfigFor(kube.url));
    const parts = { client, kube, cloud, proxy };
    prepare(parts);
    const operator = this.#world.startAnother({
      ...settingsOf(this.#world),
      KUBECONFIG: kubeconfig,
      ...merged(byGate(cloud.url, cloudProxy.url), environment),
    });
    const rival = { ...parts, operator };
    this.#rivals.push(rival);
    await until(`${client} is ready`, () => isReady(operator), { seen: operator.log });
    return rival;
  }

  /** The usual beginning: the first leads, the second stands by. */
  async begin(
    environment: Readonly<Record<string, string>> = {},
  ): Promise<{ first: Rival; second: Rival }> {
    const first = await this.enter("first", environment);
    await this.leads("first");
    const second = await this.enter("second", environment);
    return { first, second };
  }

  get terms(): readonly Term[] {
    const candidates = this.#rivals.map(({ client, proxy }) => ({
      client,
      exchanges: proxy.exchanges,
    }));
    return termsOf(candidates, LEASE.durationMs);
  }

  /** Waits until this one holds the lease. */
  async leads(client: string): Promise<void> {
    await until(`${client} leads`, () => heldAt(this.terms, performance.now())?.client === client, {
      seen: () => this.terms,
    });
  }

  /** The operators end with their world. */
  async close(): Promise<void> {
    await Promise.all(this.#rivals.flatMap(({ kube, cloud }) => [kube.shut(), cloud.shut()]));
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** What /readyz says: its status, and the reasons. */
export async function readiness({
  healthUrl,
}: OperatorProcess): Promise<{ status: number; text: string }> {
  const response = await fetch(`${healthUrl()}/readyz`).catch(() => undefined);
  return { status: response?.status ?? 0, text: (await response?.text()) ?? "" };
}

async function isReady(operator: OperatorProcess): Promise<boolean> {
  return operator.healthUrl() !== "" && (await readiness(operator)).status === 200;
}

/** Each may have something to be loaded before the operator. */
function merged(
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): Record<string, string> {
  const loads = [a, b].map(({ NODE_OPTIONS = "" }) => NODE_OPTIONS).filter((one) => one !== "");
  return { ...a, ...b, NODE_OPTIONS: loads.join(" ") };
}

function settingsOf({ namespace }: World): Record<string, string> {
  const seconds = (ms: number): string => String(ms / 1000);
  return {
    LEADER_ELECTION: "true",
    LEASE_NAMESPACE: namespace,
    LEASE_DURATION_SECONDS: seconds(LEASE.durationMs),
    LEASE_RENEW_DEADLINE_SECONDS: seconds(LEASE.renewDeadlineMs),
    LEASE_RETRY_SECONDS: seconds(LEASE.retryMs),
  };
}
