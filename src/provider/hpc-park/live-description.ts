import { ProviderError } from "../errors.ts";
import type { HttpClient } from "../http.ts";
import type { PageShape } from "../page-list.ts";
import { cleanWords } from "../words.ts";
import { type ContractDifference, differencesIn } from "./contract-differences.ts";
import { type DescribedOperation, DescribedOperations } from "./described-operations.ts";
import { DescribedSchemas } from "./described-schema.ts";
import { type ListAnswer, listAnswerOf } from "./list-shape.ts";
import { nameOf, type Requirement, REQUIREMENTS, sectionOf } from "./requirements.ts";

/** What the service says of itself, compared with what the operator needs. */
export interface LiveDescription {
  readonly differences: readonly ContractDifference[];
  /** The paths that the service has in another form, by operation, such as `GET /v1/instance/{id}`; with `{id}` in both. */
  readonly paths: Readonly<Record<string, string>>;
  /** The lists that are answered in pages, by the contract's path. */
  readonly pages: Readonly<Record<string, PageShape>>;
  /** The values that a field takes, by the field of a spec. */
  readonly offers: Readonly<Record<string, readonly string[]>>;
  /** Sections that the service does not have, such as `/v1/limit`. */
  readonly missingSections: readonly string[];
}

/** What is assumed as long as the service says nothing of itself. */
export const AS_DOCUMENTED: LiveDescription = {
  differences: [],
  paths: {},
  pages: {},
  offers: {},
  missingSections: [],
};

/** More than anybody reads; a description that has nothing in common with the contract has no more than some sixty. */
const MAX_DIFFERENCES = 100;
const UNREADABLE = "read description: the answer does not describe HPC Park";

/**
 * Compares a description with the table of what is needed.
 *
 * @throws ProviderError where it is none of HPC Park: that proves nothing, and changes nothing of what was known.
 */
export function readDescription(document: unknown): LiveDescription {
  const schemas = new DescribedSchemas(document);
  const operations = new DescribedOperations(document, schemas);
  const comparisons = REQUIREMENTS.map((requirement) => compare(requirement, operations, schemas));
  if (comparisons.every(({ described }) => described === undefined))
    throw new ProviderError("unavailable", UNREADABLE, { status: 200 });
  const differences = comparisons.flatMap((comparison) => differencesOf(comparison, operations));
  return {
    differences: differences.slice(0, MAX_DIFFERENCES).map(plain),
    ...foundIn(comparisons),
    missingSections: [...new Set(REQUIREMENTS.map(({ path }) => sectionOf(path)))].filter(
      (section) => !operations.hasSection(section),
    ),
  };
}

export async function fetchDescription(
  http: HttpClient,
  signal: AbortSignal,
): Promise<LiveDescription> {
  const request = {
    method: "GET",
    path: "/openapi.json",
    operation: "read description",
    lane: "observe",
  } as const;
  return readDescription(await http.request(request, signal));
}

interface Compared {
  readonly requirement: Requirement;
  readonly described: DescribedOperation | undefined;
  /** Undefined where it is no list, or none that can be read whole. */
  readonly list: ListAnswer | undefined;
  readonly schemas: DescribedSchemas;
}

function compare(
  requirement: Requirement,
  operations: DescribedOperations,
  schemas: DescribedSchemas,
): Compared {
  const { method, path, variant = path, isList } = requirement;
  const described = operations.find(method, path) ?? operations.find(method, variant);
  const list = described && isList ? listAnswerOf(described, schemas) : undefined;
  return { requirement, described, list, schemas };
}

function differencesOf(
  { requirement, described, list, schemas }: Compared,
  operations: DescribedOperations,
): readonly ContractDifference[] {
  const { need, feature, path, isList } = requirement;
  const operation = nameOf(requirement);
  if (described === undefined) {
    const isOptional =
      need === "optional" || (need !== "required" && !operations.hasSection(sectionOf(path)));
    return isOptional
      ? [{ operation, what: `is missing: ${feature}`, severity: "optional section missing" }]
      : [{ operation, what: "is missing", severity: "required changed" }];
  }
  if (isList && list === undefined)
    return [
      { operation, what: "answers no list that can be read whole", severity: "required changed" },
    ];
  const answer = isList ? list?.entry : described.answer;
  return differencesIn({ requirement, described, answer, view: (schema) => schemas.view(schema) });
}

/** Names in a description are words of the provider, too. */
function plain({ operation, what, severity }: ContractDifference): ContractDifference {
  return { operation, what: cleanWords(what), severity };
}

function foundIn(
  comparisons: readonly Compared[],
): Pick<LiveDescription, "paths" | "pages" | "offers"> {
  const paths = comparisons.flatMap(({ requirement, described }) =>
    described === undefined || described.path === requirement.path
      ? []
      : [[nameOf(requirement), described.path] as const],
  );
  const pages = comparisons.flatMap(({ requirement: { path }, list }) =>
    list?.pages === undefined ? [] : [[path, list.pages] as const],
  );
  return {
    paths: Object.fromEntries(paths),
    pages: Object.fromEntries(pages),
    offers: Object.fromEntries(comparisons.flatMap(offersIn)),
  };
}

/** The enumerations of what a create request takes. */
function offersIn({
  requirement,
  described,
  schemas,
}: Compared): (readonly [field: string, values: readonly string[]])[] {
  if (requirement.method !== "post") return [];
  const properties = described?.body?.properties;
  return Object.entries(requirement.sends ?? {}).flatMap(([name, { offers }]) => {
    const { values } = schemas.view(properties?.get(name));
    const isPlain = values?.every((value) => value === cleanWords(value)) ?? false;
    // It refuses what it lacks, so one that makes no sense counts as none.
    const isUsable = isPlain && values !== undefined && values.length > 0;
    return offers === undefined || !isUsable ? [] : [[offers, values] as const];
  });
}
