/** How long things take, in milliseconds. 0: done before the next request. */
export interface Timings {
  /** A new application passes through these three. */
  readonly creatingMs: number;
  readonly initializingMs: number;
  readonly startingMs: number;
  /** Stopping and freezing. */
  readonly stoppingMs: number;
  /** Another build, or another technology version. */
  readonly updatingMs: number;
  readonly dumpingMs: number;
  readonly deletingMs: number;
  /** How long the status is empty where it is so between two statuses. */
  readonly emptyMs: number;
}

/** Long enough to be seen in a demo, short enough not to bore. */
export const DEFAULT_TIMINGS: Timings = {
  creatingMs: 2_000,
  initializingMs: 2_000,
  startingMs: 1_500,
  stoppingMs: 1_500,
  updatingMs: 3_000,
  dumpingMs: 3_000,
  deletingMs: 2_500,
  emptyMs: 300,
};

export const NO_DELAYS: Timings = {
  creatingMs: 0,
  initializingMs: 0,
  startingMs: 0,
  stoppingMs: 0,
  updatingMs: 0,
  dumpingMs: 0,
  deletingMs: 0,
  emptyMs: 0,
};

export const DBMS_TYPES = ["File", "Postgres", "MSSQL"] as const;
export type DbmsType = (typeof DBMS_TYPES)[number];

/** In which of its known ways the panel behaves. All of it may be changed while it runs. */
export interface Settings {
  /** The panel is still coming up: every path answers 404 with a plain-text page. */
  readonly startingUp: boolean;
  /** Newer versions wrap an error: `{"error": {…}}`. */
  readonly errorEnvelope: boolean;
  readonly unknownPathAs: "json" | "text";
  /** The status of a refusal where what the body of a change names does not exist; the reference knows both. */
  readonly missingNamedAs: 400 | 404;
  /** Of its own refusals. */
  readonly language: "ru" | "en";
  /** Older versions: `STOPPED`. */
  readonly upperCaseStatuses: boolean;
  readonly emptyStatusBetween: boolean;
  /** The card of what is deleted stays, with status `Deleted`, instead of answering 404. */
  readonly showsDeleted: boolean;
  /** An array is cut to a page as well, of 25 where the request does not say; the reference leaves it open. */
  readonly arraysArePaged: boolean;
  readonly assembliesAs: "array" | "items" | "assemblies";
  /** By what a card names the build that is applied. */
  readonly appliedAs: "both" | "id" | "version";
  /** An application made of a project, not of one assembly, comes out empty. */
  readonly emptyFromProject: boolean;
  readonly stopsAfterUpdate: boolean;
  readonly failedTaskStatus: "Error" | "Failed";
  readonly tokenLifetimeS: number;
  readonly dbmsTypes: readonly DbmsType[];
  /** The newest is the last; a request may use no other. */
  readonly technologyVersions: readonly string[];
  /** By technology version: why an update to it fails. */
  readonly brokenTechnologies: Readonly<Record<string, string>>;
}

export const DEFAULT_SETTINGS: Settings = {
  startingUp: false,
  errorEnvelope: false,
  unknownPathAs: "json",
  missingNamedAs: 400,
  language: "ru",
  upperCaseStatuses: false,
  emptyStatusBetween: false,
  showsDeleted: false,
  arraysArePaged: false,
  assembliesAs: "array",
  appliedAs: "both",
  emptyFromProject: false,
  stopsAfterUpdate: false,
  failedTaskStatus: "Error",
  tokenLifetimeS: 3_600,
  dbmsTypes: ["Postgres", "File"],
  technologyVersions: ["9.1.14", "9.2.3", "9.2.5"],
  brokenTechnologies: {},
};
