/** A copy of an application's data. */
export interface Dump {
  readonly id: string;
  readonly applicationId: string;
  readonly description: string;
  readonly includesUsers: boolean;
  readonly includesBinaryData: boolean;
  readonly includesCollaboration: boolean;
  readonly createdAt: string;
  readonly createdMs: number;
  status: "InProgress" | "Done" | "Error";
}
