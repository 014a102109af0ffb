import type { FieldRule, Fields, FieldValue } from "./diff.ts";

/** What a provider's description of itself means for one kind. Nothing is known of what is left out. */
export interface Terms {
  /** The values that a field of the spec may have; a field that is left out takes any. */
  readonly offers: ReadonlyMap<string, readonly string[]>;
  /** The provider describes requests otherwise than they would be sent. */
  readonly halt?: Halt;
  /** The provider has no such kind of things at all; a sentence that says what is missing. */
  readonly absence?: string;
}

export interface Halt {
  /** Names the operation and the difference. */
  readonly why: string;
  /**
   * Operations of the kind, and `remove`, whose own requests are described otherwise. What saves money goes on while it is not among
   * these: to leave a thing running because another request has changed would cost money every hour.
   */
  readonly stops: ReadonlySet<string>;
}

export const REMOVE = "remove";

/** A value of the spec that the provider does not take. */
export interface Unoffered {
  readonly field: string;
  readonly path: string;
  readonly value: FieldValue;
  readonly offered: readonly string[];
  /** Decided at creation, so the API server lets nobody change it. */
  readonly isFixed: boolean;
}

/** More than anybody reads. */
const MAX_SHOWN = 30;

/** The fields whose values the provider does not offer. */
export function unofferedIn(
  rules: readonly FieldRule[],
  wanted: Fields,
  { offers }: Pick<Terms, "offers">,
): readonly Unoffered[] {
  return rules.flatMap(({ field, path, change }) => {
    const offered = offers.get(field);
    const value = wanted[field];
    const isFine = offered === undefined || typeof value !== "string" || offered.includes(value);
    return isFine ? [] : [{ field, path, value, offered, isFixed: change === "fixed" }];
  });
}

export function describeUnoffered(unoffered: readonly Unoffered[]): string {
  return unoffered
    .map(({ path, value, offered }) => {
      const rest = offered.length > MAX_SHOWN ? ", …" : "";
      const allowed = offered.slice(0, MAX_SHOWN).join(", ");
      return `${path} ${JSON.stringify(value)} is not offered; allowed: ${allowed}${rest}`;
    })
    .join("; ");
}

export function adviceOnUnoffered(unoffered: readonly Unoffered[]): string {
  return unoffered.some(({ isFixed }) => isFixed)
    ? "delete this resource and apply it again with one of these"
    : "put one of these into the spec";
}

export function haltMessage({ why }: Halt): string {
  return `nothing is sent, for the provider describes its requests otherwise than this version knows them: ${why}; look for a newer version of the operator`;
}
