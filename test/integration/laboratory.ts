import type { Condition } from "../../src/api/conditions.ts";
import { type OperatorProcess, startOperator } from "../operator-process.ts";
import { until } from "../until.ts";
import type { Kubectl } from "./namespace.ts";

const LAST_LINES = 20;

export interface LaboratoryParts {
  readonly kubectl: Kubectl & { readonly namespace: string };
  readonly environment: Readonly<Record<string, string>>;
  readonly operator: OperatorProcess;
}

/** One namespace and one operator, whatever it looks after; and what a test waits for. */
export class Laboratory {
  readonly kubectl: Kubectl;
  readonly namespace: string;
  environment: Readonly<Record<string, string>>;
  operator: OperatorProcess;

  protected constructor({ kubectl, environment, operator }: LaboratoryParts) {
    this.kubectl = kubectl;
    this.namespace = kubectl.namespace;
    this.environment = environment;
    this.operator = operator;
  }

  async restart(): Promise<void> {
    this.operator = await startOperator(this.environment);
  }

  /** Waits until a condition has this reason, and returns it. */
  async untilReason(resource: string, type: string, reason: string): Promise<Condition> {
    let conditions: readonly Condition[] = [];
    return until(
      `${resource} has ${type} for reason ${reason}`,
      async () => {
        const object = JSON.parse(await this.kubectl.run("get", resource, "-o", "json"));
        conditions = object.status?.conditions ?? [];
        return conditions.find((one) => one.type === type && one.reason === reason);
      },
      { seen: () => ({ conditions, log: this.lastLines() }) },
    );
  }

  async untilReady(...resources: string[]): Promise<void> {
    await this.kubectl.run("wait", "--for=condition=Ready", "--timeout=20s", ...resources);
  }

  async untilGone(...resources: string[]): Promise<void> {
    await until(
      `${resources.join(" ")} gone`,
      async () => {
        const args = [...resources, "--ignore-not-found", "-o", "name"];
        return (await this.kubectl.run("get", ...args)).trim() === "";
      },
      { seen: () => this.lastLines() },
    );
  }

  lastLines(): readonly string[] {
    return this.operator.log().split("\n").slice(-LAST_LINES);
  }

  async apply(object: object): Promise<void> {
    const { code, stderr } = await this.kubectl.apply(object);
    if (code !== 0) throw new Error(stderr);
  }
}
