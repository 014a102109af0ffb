import { run as bufbuildRun, type CelInput } from "@bufbuild/cel";
import { evaluate as marcbachmannEvaluate } from "@marcbachmann/cel-js";

/** The API server has its own evaluator; two others that agree keep the rules in what all of them know. */
const evaluators: readonly ((rule: string, variables: Record<string, CelInput>) => unknown)[] = [
  (rule, variables) => bufbuildRun(rule, variables),
  (rule, variables) => marcbachmannEvaluate(rule, variables),
];

/** What a CEL expression gives, where both evaluators say the same; else an Error. */
export function evaluateCel(rule: string, variables: Readonly<Record<string, unknown>>): unknown {
  const inputs = Object.entries(variables).map(([name, value]) => [name, toCel(value)]);
  const answers = evaluators.map((evaluate) => evaluate(rule, Object.fromEntries(inputs)));
  const [answer] = answers;
  if (answers.some((other) => other !== answer)) {
    throw new Error(`the evaluators do not agree on ${rule}: ${answers.map(String).join(", ")}`);
  }
  return answer;
}

/** Whole numbers are CEL's int, which is a bigint in JavaScript. */
function toCel(value: unknown): CelInput {
  if (typeof value === "number") return BigInt(value);
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(toCel);
  return Object.fromEntries(
    Object.entries(Object(value)).map(([name, inner]) => [name, toCel(inner)]),
  );
}
