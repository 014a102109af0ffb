/** What came of a check. Nothing is good that was not looked at. */
export interface Verdict {
  readonly outcome: "good" | "bad" | "not-checked";
  /** One sentence, and more lines with what was found. */
  readonly lines: readonly string[];
}

/** From here on an advisory fails the check; what is below is told. */
const FAILING: ReadonlySet<string> = new Set(["high", "critical"]);

/** Of `npm audit signatures --json --include-attestations`. */
export function judgeSignatures(output: string): Verdict {
  const answer = parse(output);
  const { invalid, missing, verified } = answer ?? {};
  if (!Array.isArray(invalid) || !Array.isArray(missing)) return notChecked(output, answer);
  const faults = [
    ...invalid.map((found) => `${nameOf(found)}: its signature or attestation is wrong`),
    ...missing.map((found) => `${nameOf(found)}: it has no signature, and its registry signs`),
  ];
  if (faults.length > 0) return { outcome: "bad", lines: ["not what was published:", ...faults] };
  const attested = Array.isArray(verified) ? verified.length : 0;
  const line = `every package is as its registry signed it; ${attested} say where they were built`;
  return { outcome: "good", lines: [line] };
}

/** Of `npm audit --json`. */
export function judgeAdvisories(output: string): Verdict {
  const answer = parse(output);
  const { vulnerabilities } = answer ?? {};
  if (!isRecord(vulnerabilities)) return notChecked(output, answer);
  const found = Object.entries(vulnerabilities).map(([name, value]) => {
    const severity = isRecord(value) ? String(value["severity"]) : "unknown";
    return { name, severity, line: `${name}: an advisory of severity ${severity}` };
  });
  if (found.length === 0) return { outcome: "good", lines: ["no advisory is known"] };
  const lines = ["advisories are known; npm audit tells them:", ...found.map(({ line }) => line)];
  const isBad = found.some(({ severity }) => FAILING.has(severity));
  return { outcome: isBad ? "bad" : "good", lines };
}

function notChecked(output: string, answer: Record<string, unknown> | undefined): Verdict {
  const error = answer?.["error"];
  const words = [isRecord(error) ? error["summary"] : undefined, answer?.["message"], output];
  const said = words.filter((text) => typeof text === "string").find((text) => text.trim() !== "");
  const [line = ""] = (said ?? "npm said nothing").trim().split("\n");
  return { outcome: "not-checked", lines: [line.slice(0, MAX_REASON)] };
}

const MAX_REASON = 300;

function parse(output: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(output);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function nameOf(found: unknown): string {
  return isRecord(found) ? `${String(found["name"])}@${String(found["version"])}` : String(found);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
