import { type Finding, isHealthy, type Verdict } from "./finding.ts";

const SIGNS: Readonly<Record<Verdict, string>> = { ok: "✓", note: "·", warning: "!", fault: "✗" };

/** For a person: what was looked at, each finding, and below it what to do. */
export function asText(findings: readonly Finding[]): string {
  const subjects = [...new Set(findings.map(({ about }) => about))];
  const parts = subjects.map((subject) => {
    const lines = findings
      .filter(({ about }) => about === subject)
      .map(({ verdict, says, fix }) => {
        const advice = fix === undefined ? "" : `\n      fix: ${fix}`;
        return `  ${SIGNS[verdict]} ${says}${advice}`;
      });
    return `${subject}\n${lines.join("\n")}\n`;
  });
  return `${parts.join("\n")}\n${summaryOf(findings)}\n`;
}

/** For a program. */
export function asJson(findings: readonly Finding[]): string {
  return `${JSON.stringify({ healthy: isHealthy(findings), findings }, undefined, 2)}\n`;
}

function summaryOf(findings: readonly Finding[]): string {
  const count = (wanted: Verdict): number =>
    findings.filter(({ verdict }) => verdict === wanted).length;
  if (findings.every(({ verdict }) => verdict === "ok" || verdict === "note")) return "all is well";
  return `${count("fault")} faults, ${count("warning")} warnings`;
}
