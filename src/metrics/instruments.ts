import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { LabelName } from "./labels.ts";

/** A request within one machine takes milliseconds, one across the country a second, one that is given up fifteen. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export interface MetricDescription {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly LabelName[];
}

/** Makes metrics in one registry, and remembers what it made, for the page that describes them. */
export class Instruments {
  readonly registry: Registry;
  readonly described: MetricDescription[] = [];

  constructor(registry: Registry) {
    this.registry = registry;
  }

  counter<L extends LabelName>(name: string, help: string, labels: readonly L[] = []): Counter<L> {
    return new Counter<L>(this.#configure("counter", name, help, labels));
  }

  gauge<L extends LabelName>(name: string, help: string, labels: readonly L[] = []): Gauge<L> {
    return new Gauge<L>(this.#configure("gauge", name, help, labels));
  }

  /** Of durations in seconds. */
  histogram<L extends LabelName>(
    name: string,
    help: string,
    labels: readonly L[] = [],
    buckets: readonly number[] = SECONDS,
  ): Histogram<L> {
    const configuration = this.#configure("histogram", name, help, labels);
    return new Histogram<L>({ ...configuration, buckets: [...buckets] });
  }

  #configure<L extends LabelName>(
    type: MetricDescription["type"],
    name: string,
    help: string,
    labels: readonly L[],
  ) {
    this.described.push({ name, type, help, labels });
    return { name, help, labelNames: labels, registers: [this.registry] };
  }
}
