import parseExpression from "spdx-expression-parse";
import { SHIPPED, TOOLS } from "./licence-policy.ts";
import type { LockedPackage } from "./locked-packages.ts";

/** What a package says of itself where it is installed; packages of before SPDX have a list. */
export interface Manifest {
  readonly license?: unknown;
  readonly licenses?: unknown;
}

type Expression = ReturnType<typeof parseExpression>;

/** A sentence, with what to do, for each package that is under no licence of the policy. */
export function licenceFaults(
  packages: readonly LockedPackage[],
  manifestOf: (path: string) => Manifest | undefined,
): readonly string[] {
  return packages.flatMap((locked) => {
    const { name, version, path, isTool, licence } = locked;
    const allowed = isTool ? TOOLS : SHIPPED;
    // Where lockfile and package disagree, each must do.
    const stated = new Set(
      [licence, statedBy(manifestOf(path))].filter((text) => text !== undefined),
    );
    const refused = [...stated].filter((text) => !isAllowed(text, allowed));
    if (stated.size > 0 && refused.length === 0) return [];
    const use = isTool ? "no tool here may be" : "nothing that is shipped may be";
    const fault =
      stated.size === 0 ? "names no licence" : `is under ${refused.join(" and ")}, which ${use}`;
    return `${name}@${version} (${path}) ${fault}: ${REMEDY}`;
  });
}

const REMEDY =
  "take another package, or read its licence and, if it will do, add it to scripts/audit/licence-policy.ts with the reason in the commit";

function statedBy(manifest: Manifest | undefined): string | undefined {
  const stated = manifest?.license ?? manifest?.licenses;
  const all = Array.isArray(stated) ? stated : [stated];
  const texts = all.map(nameOf).filter((text) => text !== undefined);
  // The user of such a package may choose.
  return texts.length === 0 ? undefined : texts.join(" OR ");
}

function nameOf(stated: unknown): string | undefined {
  if (typeof stated === "string") return stated;
  if (typeof stated !== "object" || stated === null || !("type" in stated)) return undefined;
  return typeof stated.type === "string" ? stated.type : undefined;
}

function isAllowed(text: string, allowed: ReadonlySet<string>): boolean {
  try {
    return isMet(parseExpression(text), allowed);
  } catch {
    // No SPDX expression, such as "SEE LICENSE IN …" or "UNLICENSED".
    return false;
  }
}

function isMet(expression: Expression, allowed: ReadonlySet<string>): boolean {
  if ("license" in expression) return allowed.has(expression.license);
  const left = isMet(expression.left, allowed);
  const right = isMet(expression.right, allowed);
  return expression.conjunction === "and" ? left && right : left || right;
}
