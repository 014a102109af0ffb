import { type Halt, haltMessage, REMOVE, type Terms } from "../../core/terms.ts";
import type { AccountRemarks } from "../account-port.ts";
import type { ContractDifference } from "./contract-differences.ts";
import type { LiveDescription } from "./live-description.ts";
import { REQUIREMENTS, sectionOf } from "./requirements.ts";

/** Sections that concern nobody but their own kind. */
const APART: ReadonlySet<string> = new Set(
  REQUIREMENTS.filter(({ need }) => need === "apart").map(({ path }) => sectionOf(path)),
);

/** What of the API a kind stands on. */
export interface KindNeeds {
  /** `/v1/instance`. */
  readonly section: string;
  /** The requests that save money, by the kind's operations and `remove`, as differences name them. */
  readonly savings: Readonly<Record<string, string>>;
}

export const INSTANCE_NEEDS: KindNeeds = {
  section: "/v1/instance",
  savings: {
    [REMOVE]: "DELETE /v1/instance/{id}",
    powerOff: "PATCH /v1/instance/{id}/state/",
  },
};

export const STORAGE_NEEDS: KindNeeds = {
  section: "/v1/storage",
  savings: { [REMOVE]: "DELETE /v1/storage/{id}" },
};

export const NAMESPACE_NEEDS: KindNeeds = {
  section: "/v1/namespace",
  savings: { [REMOVE]: "DELETE /v1/namespace/{id}" },
};

export const TOKEN_NEEDS: KindNeeds = {
  section: "/v1/token",
  savings: { [REMOVE]: "DELETE /v1/token/{id}" },
};

/** What a description means for a kind. Asked often, so it is worked out once for each description. */
export class TermsOf {
  readonly #needs: KindNeeds;
  #latest: { readonly description: LiveDescription; readonly terms: Terms | undefined } | undefined;

  constructor(needs: KindNeeds) {
    this.#needs = needs;
  }

  of(description: LiveDescription | undefined): Terms | undefined {
    if (description === undefined) return undefined;
    if (this.#latest?.description !== description)
      this.#latest = { description, terms: termsOf(this.#needs, description) };
    return this.#latest.terms;
  }
}

/** Whether anything may be decided otherwise for what a description says. */
export function hasConsequences(description: LiveDescription | undefined): boolean {
  if (description === undefined) return false;
  const { differences, offers } = description;
  return Object.keys(offers).length > 0 || differences.some(({ severity }) => severity !== "note");
}

/** What a description means for an account as a whole: what may be asked for in it, and whether anything may be asked at all. */
export function remarksOf(description: LiveDescription | undefined): AccountRemarks {
  if (description === undefined) return { status: {} };
  const halt = termsOf(INSTANCE_NEEDS, description)?.halt;
  return {
    status: { offers: description.offers },
    ...(halt === undefined
      ? {}
      : { obstacle: { reason: "ContractChanged", message: haltMessage(halt), isStalled: true } }),
  };
}

/** Undefined where nothing follows from it: no request that waits for its turn is troubled then. */
function termsOf({ section, savings }: KindNeeds, description: LiveDescription): Terms | undefined {
  if (!hasConsequences(description)) return undefined;
  const { differences, offers, missingSections } = description;
  const changed = differences.filter(
    (difference) => difference.severity === "required changed" && concerns(section, difference),
  );
  return {
    offers: new Map(Object.entries(offers)),
    ...(changed.length === 0 ? {} : { halt: haltOf(changed, savings) }),
    ...(missingSections.includes(section)
      ? { absence: `HPC Park's description of itself has no ${section}` }
      : {}),
  };
}

function concerns(section: string, { operation }: ContractDifference): boolean {
  const changed = sectionOf(operation.slice(operation.indexOf(" ") + 1));
  return changed === section || !APART.has(changed);
}

function haltOf(changed: readonly ContractDifference[], savings: KindNeeds["savings"]): Halt {
  const [first] = changed;
  const others = changed.length === 1 ? "" : ` (and ${changed.length - 1} more, see the log)`;
  const stops = Object.entries(savings)
    .filter(([, request]) => changed.some(({ operation }) => operation === request))
    .map(([operation]) => operation);
  return { why: `${first?.operation} ${first?.what}${others}`, stops: new Set(stops) };
}
