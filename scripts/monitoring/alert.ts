/** From when on something is worth a person's time. Tests take other ones: they cannot wait for a fortnight. */
export interface Limits {
  /** Over which rates are taken; several scrapes long. */
  readonly window: string;
  /** How long something that happened once is shown. */
  readonly memory: string;
  readonly unreadySeconds: number;
  readonly unsettledSeconds: number;
  readonly snapshotSeconds: number;
  readonly workerSeconds: number;
  /** Of the time. */
  readonly stalledShare: number;
  readonly tokenSeconds: number;
  readonly prepaidSeconds: number;
  /** Of all requests to a provider. */
  readonly failedShare: number;
}

const DAY_SECONDS = 86_400;

export const LIMITS: Limits = {
  window: "10m",
  memory: "1h",
  // The slowest kind takes some minutes to come up.
  unreadySeconds: 1800,
  // Request timeout and settle time make 45 s; so long it stays open only where no list comes.
  unsettledSeconds: 600,
  // Ten looks at rest.
  snapshotSeconds: 300,
  // A request and the pause before it take 30 s at most.
  workerSeconds: 300,
  // Six seconds in ten minutes.
  stalledShare: 0.01,
  // As the condition TokenExpiring.
  tokenSeconds: 14 * DAY_SECONDS,
  prepaidSeconds: 7 * DAY_SECONDS,
  failedShare: 0.1,
};

export interface Alert {
  /** Also the heading of its entry in docs/runbooks.md. */
  readonly name: string;
  readonly expr: string;
  /** How long it must be so; "0m" where the expression itself counts time. */
  readonly for: string;
  /** `critical`: money is spent or lost, or nothing works, until somebody acts. `warning`: in working hours. `info`: to be known. */
  readonly severity: "critical" | "warning" | "info";
  readonly summary: string;
  readonly description: string;
}

/** Metrics with names that other programs have too are told from theirs by these. */
export const KINDS = "Hpc.*|Element.*";
