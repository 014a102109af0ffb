import type { DescribedOperation } from "./described-operations.ts";
import type { SchemaView } from "./described-schema.ts";
import { nameOf, type ReadField, type Requirement, type SentField } from "./requirements.ts";

/**
 * What a difference means: with `required changed` writes to the account stop, with `optional section missing` a feature is off, and a
 * `note` is harmless.
 */
export const SEVERITIES = ["required changed", "optional section missing", "note"] as const;

export type Severity = (typeof SEVERITIES)[number];

export interface ContractDifference {
  /** As the contract writes it, such as `POST /v1/instance`. */
  readonly operation: string;
  /** Ends a sentence that begins with the operation. */
  readonly what: string;
  readonly severity: Severity;
}

/** One operation as it is needed and as it is described. */
export interface Pair {
  readonly requirement: Requirement;
  readonly described: DescribedOperation;
  /** What it answers; an entry of it where that is a list. */
  readonly answer: SchemaView | undefined;
  readonly view: (schema: unknown) => SchemaView;
}

const SENT_HEADERS: ReadonlySet<string> = new Set([
  "accept",
  "accept-encoding",
  "authorization",
  "content-type",
  "user-agent",
]);

type Finding = readonly [severity: Severity, what: string];

export function differencesIn(pair: Pair): readonly ContractDifference[] {
  const operation = nameOf(pair.requirement);
  const findings = [...inPath(pair), ...inParameters(pair), ...inBody(pair), ...inAnswer(pair)];
  return findings.map(([severity, what]) => ({ operation, what, severity }));
}

/** The path that is described is the one that is used. */
function inPath({ requirement, described }: Pair): Finding[] {
  return described.path === requirement.path ? [] : [["note", `is at ${described.path}`]];
}

function inParameters({ described }: Pair): Finding[] {
  return described.parameters
    .filter(
      ({ isRequired, in: place, name }) => isRequired && place !== "path" && !isSent(place, name),
    )
    .map(({ name, in: place }) => [
      "required changed",
      `requires the ${place} parameter "${name}", which is not sent`,
    ]);
}

/** Some services list the headers of every request among the parameters. */
function isSent(place: string, name: string): boolean {
  return place === "header" && SENT_HEADERS.has(name.toLowerCase());
}

function inBody({ requirement: { sends }, described, view }: Pair): Finding[] {
  if (sends === undefined) return [];
  if (described.takesOtherBody) return [["required changed", "takes a body that is not JSON"]];
  const { properties, required } = described.body ?? {};
  if (properties === undefined) return [["note", "does not say what its body looks like"]];
  const unsent = [...(required ?? [])].filter((name) => !Object.hasOwn(sends, name));
  return [
    ...unsent.map((name): Finding => [
      "required changed",
      `requires the field "${name}", which is not sent`,
    ]),
    ...Object.entries(sends).flatMap(([name, field]): Finding[] =>
      properties.has(name)
        ? inSent(name, field, view(properties.get(name)))
        : [["required changed", `does not know the field "${name}", which is sent`]],
    ),
  ];
}

function inSent(name: string, field: SentField, { types, values }: SchemaView): Finding[] {
  if (!takes(types, field.type))
    return [["required changed", `wants the field "${name}" as ${listed(types)}`]];
  const isNullRefused = field.isNullable === true && types?.has("null") === false;
  return [
    ...(field.sends ?? [])
      .filter((value) => values?.includes(value) === false)
      .map((value): Finding => [
        "required changed",
        `does not take "${value}" in the field "${name}"`,
      ]),
    ...(isNullRefused
      ? [["note", `does not say that the field "${name}" may be null`] as const]
      : []),
  ];
}

function inAnswer({ requirement: { reads }, answer, view }: Pair): Finding[] {
  if (reads === undefined) return [];
  const properties = answer?.properties;
  if (properties === undefined) return [["note", "does not say what it answers"]];
  return Object.entries(reads).flatMap(([name, field]) =>
    properties.has(name)
      ? inRead(name, field, view(properties.get(name)))
      : [[severityOf(field), `does not answer the field "${name}"`]],
  );
}

function inRead(name: string, field: ReadField, { types, values }: SchemaView): Finding[] {
  if (!takes(types, field.type))
    return [[severityOf(field), `answers the field "${name}" as ${listed(types)}`]];
  return (values ?? [])
    .filter((value) => field.knows?.includes(value) === false)
    .map((value) => ["note", `may answer "${value}" in the field "${name}", an unknown word`]);
}

function severityOf({ isVital }: ReadField): Severity {
  return isVital === true ? "required changed" : "note";
}

function takes(types: ReadonlySet<string> | undefined, wanted: string): boolean {
  if (types === undefined || types.has(wanted)) return true;
  // JSON Schema counts every integer among the numbers.
  return wanted === "integer" ? types.has("number") : wanted === "number" && types.has("integer");
}

function listed(types: ReadonlySet<string> | undefined): string {
  return [...(types ?? [])].join(" or ");
}
