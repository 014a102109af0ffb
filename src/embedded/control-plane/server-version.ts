export interface ServerVersion {
  /** Such as `v1.36.2`; a distribution adds a suffix of its own. */
  readonly version: string;
  readonly minor: number;
}

/** Reads what a Kubernetes API server answers under `/version`. */
export function parseServerVersion(body: string): ServerVersion {
  const answer: unknown = JSON.parse(body);
  const isAnswer = typeof answer === "object" && answer !== null && "gitVersion" in answer;
  const gitVersion = isAnswer ? answer.gitVersion : undefined;
  // The field "minor" of the answer may be "20+".
  const minor = typeof gitVersion === "string" ? /^v1\.(\d+)\./.exec(gitVersion)?.[1] : undefined;
  if (typeof gitVersion !== "string" || minor === undefined) {
    throw new Error(`no version of Kubernetes: ${body.slice(0, 200)}`);
  }
  return { version: gitVersion, minor: Number(minor) };
}
