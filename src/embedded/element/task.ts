/** The kinds of work on one application. */
export type TaskOperation =
  | "CreateApplication"
  | "StartApplication"
  | "StopApplication"
  | "SuspendApplication"
  | "RestoreApplication"
  | "UpdateApplication"
  | "ReapplyApplication"
  | "UpdateApplicationTechnologyVersion"
  | "CreateApplicationDump"
  | "DeleteApplication";

export interface Task {
  readonly id: string;
  readonly operation: TaskOperation;
  readonly applicationId: string;
  readonly spaceId: string;
  readonly groupId: string | undefined;
  /** ISO 8601. */
  readonly startedAt: string;
  endedAt: string | undefined;
  status: "InProgress" | "Done" | "Error" | "Cancelled";
  errorMessage: string | undefined;
}

/** One order to several applications. */
export interface GroupTask {
  readonly id: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly tasks: readonly Task[];
}
