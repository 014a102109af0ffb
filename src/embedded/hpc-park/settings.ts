/** How long things take, in milliseconds. 0: done in the answer. */
export interface Timings {
  readonly createMs: number;
  readonly deleteMs: number;
  readonly updateMs: number;
  readonly powerMs: number;
  /** Creating and growing a storage. */
  readonly storageMs: number;
}

/** Long enough to be seen in a demo, short enough not to bore. */
export const DEFAULT_TIMINGS: Timings = {
  createMs: 4_000,
  deleteMs: 3_000,
  updateMs: 3_000,
  powerMs: 2_000,
  storageMs: 3_000,
};

export const NO_DELAYS: Timings = {
  createMs: 0,
  deleteMs: 0,
  updateMs: 0,
  powerMs: 0,
  storageMs: 0,
};

/** What the user may have; what is left out has no limit. */
export interface Limits {
  readonly instances?: number;
  readonly storageGb?: number;
  /** By GPU type. */
  readonly gpus?: Readonly<Record<string, number>>;
  /** Roubles paid in. At 0 or less, what costs money is refused with 402; without it there is always money. */
  readonly balance?: number;
  /** The status of a refusal for want of quota. */
  readonly refuseWith?: 402 | 403;
}

export const DEFAULT_BALANCE = 100_000;

/** The names that a request may use; any other gets 422. What they cost stands in the prices. */
export interface Catalogue {
  readonly containerTypes: readonly string[];
  readonly gpuTypes: readonly string[];
  readonly tariffTypes: readonly string[];
  readonly storageTypes: readonly string[];
}

export const DEFAULT_CATALOGUE: Catalogue = {
  containerTypes: ["pytorch", "tensorflow", "jupyter", "cuda", "ubuntu"],
  gpuTypes: ["A100", "H100", "V100", "RTX4090", "RTX3090", "A40", "L40S"],
  tariffTypes: ["hourly", "monthly", "prepaid"],
  storageTypes: ["ssd", "hdd", "nvme"],
};

/** The sections of the service. Each has its own first step of a path and its tag in the description. */
export const SECTIONS = [
  "instance",
  "storage",
  "namespace",
  "user",
  "token",
  "limit",
  "billing",
  "invoice",
  "prepaid",
] as const;
export type Section = (typeof SECTIONS)[number];

/** The two forms in which the state operation may exist; see the contract. */
export type StatePath = "slash" | "no-slash";

export interface User {
  readonly id: number;
  readonly email: string;
  readonly company: string | null;
  readonly active: boolean;
}

export const DEFAULT_USER: User = {
  id: 7,
  email: "research@example.com",
  company: "Example Research",
  active: true,
};
