/** `fault`: the operator cannot do its work. `warning`: it can, but not for long, or not all of it. */
export type Verdict = "ok" | "note" | "warning" | "fault";

export interface Finding {
  /** What was looked at: `cluster`, `access`, `crds`, or an account. */
  readonly about: string;
  readonly verdict: Verdict;
  /** One sentence. */
  readonly says: string;
  /** What to do about it, in one sentence. Given for every fault and every warning. */
  readonly fix?: string;
}

export function ok(about: string, says: string): Finding {
  return { about, verdict: "ok", says };
}

export function note(about: string, says: string): Finding {
  return { about, verdict: "note", says };
}

export function warning(about: string, says: string, fix: string): Finding {
  return { about, verdict: "warning", says, fix };
}

export function fault(about: string, says: string, fix: string): Finding {
  return { about, verdict: "fault", says, fix };
}

export function isHealthy(findings: readonly Finding[]): boolean {
  return findings.every(({ verdict }) => verdict !== "fault");
}
