import { type Static, Type } from "typebox";

const status = Type.Integer({ minimum: 200, maximum: 599 });
const ms = Type.Number({ minimum: 0 });
const answer = {
  status,
  /** A string goes out as it is, anything else as JSON; by default `{"detail": …}`. */
  body: Type.Optional(Type.Unknown()),
  headers: Type.Optional(Type.Record(Type.String(), Type.String())),
};
const strict = { additionalProperties: false };

export const faultEffectSchema = Type.Union([
  /** `before` the work: it is done after the delay, even where the client has left by then. */
  Type.Object(
    { kind: Type.Literal("delay"), ms, when: Type.Optional(Type.Enum(["before", "after"])) },
    strict,
  ),
  /** Does the work, then ends the connection without an answer. */
  Type.Object({ kind: Type.Literal("lose-answer") }, strict),
  /** Ends the connection; no work. */
  Type.Object({ kind: Type.Literal("reset-before") }, strict),
  /** Never answers. No work, unless `afterWork`. */
  Type.Object({ kind: Type.Literal("hang"), afterWork: Type.Optional(Type.Boolean()) }, strict),
  /** Refuses; no work. */
  Type.Object({ kind: Type.Literal("status"), ...answer }, strict),
  /** Does the work and answers something else. */
  Type.Object({ kind: Type.Literal("status-after-work"), ...answer }, strict),
  /** Half of the body: well framed (`body`), or with the full length announced and the connection ended (`connection`). */
  Type.Object(
    { kind: Type.Literal("cut-body"), how: Type.Optional(Type.Enum(["body", "connection"])) },
    strict,
  ),
  Type.Object({ kind: Type.Literal("empty-list") }, strict),
  /** Leaves out of a list: a share of it spread evenly, so many of the newest, certain ids. */
  Type.Object(
    {
      kind: Type.Literal("partial-list"),
      fraction: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
      newest: Type.Optional(Type.Integer({ minimum: 0 })),
      ids: Type.Optional(Type.Array(Type.Union([Type.Integer(), Type.String()]))),
    },
    strict,
  ),
  /** What a proxy with no route answers; no work. */
  Type.Object({ kind: Type.Literal("plain-404") }, strict),
  /** Lists miss what is younger than `ms`; with `alsoOne`, a GET of it says 404 as well. */
  Type.Object(
    { kind: Type.Literal("hide-newest"), ms, alsoOne: Type.Optional(Type.Boolean()) },
    strict,
  ),
]);

export type FaultEffect = Static<typeof faultEffectSchema>;

export const faultRuleSchema = Type.Object(
  {
    match: Type.Optional(
      Type.Object(
        {
          method: Type.Optional(Type.String()),
          /** A regular expression over the path, without the query. */
          path: Type.Optional(Type.String()),
          /** As the ledger names it, such as `createInstance`. */
          operation: Type.Optional(Type.String()),
          clientId: Type.Optional(Type.String()),
          /** The first request it applies to, counted from 1 among those that match. */
          nth: Type.Optional(Type.Integer({ minimum: 1 })),
          /** How many it applies to; by default one where `nth` is given, else all. */
          times: Type.Optional(Type.Integer({ minimum: 1 })),
        },
        strict,
      ),
    ),
    effect: faultEffectSchema,
  },
  strict,
);

export type FaultRule = Static<typeof faultRuleSchema>;

export interface ListedRule extends FaultRule {
  readonly id: number;
  /** Requests that matched, and those among them that the effect was applied to. */
  readonly seen: number;
  readonly hits: number;
}

export interface FaultSubject {
  readonly method: string;
  readonly path: string;
  readonly operation: string;
  readonly clientId: string;
}

interface ActiveRule {
  readonly id: number;
  readonly rule: FaultRule;
  readonly path: RegExp | undefined;
  seen: number;
  hits: number;
}

/** The rules by which the service fails. All that match a request apply to it, in the order they were added. */
export class Faults {
  #rules: ActiveRule[] = [];
  #lastId = 0;

  /** Returns the rule's id. Throws where the path is no regular expression. */
  add(rule: FaultRule): number {
    const path = rule.match?.path;
    this.#lastId += 1;
    this.#rules.push({
      id: this.#lastId,
      rule,
      path: path === undefined ? undefined : new RegExp(path),
      seen: 0,
      hits: 0,
    });
    return this.#lastId;
  }

  list(): ListedRule[] {
    return this.#rules.map(({ id, rule, seen, hits }) => ({ ...rule, id, seen, hits }));
  }

  /** One rule, or all. */
  clear(id?: number): void {
    this.#rules = id === undefined ? [] : this.#rules.filter((rule) => rule.id !== id);
  }

  /** The effects for one request; counts. */
  effectsFor(subject: FaultSubject): FaultEffect[] {
    const effects: FaultEffect[] = [];
    for (const active of this.#rules) {
      if (!doesMatch(active, subject)) continue;
      active.seen += 1;
      const { nth = 1, times = active.rule.match?.nth === undefined ? Infinity : 1 } =
        active.rule.match ?? {};
      if (active.seen < nth || active.seen >= nth + times) continue;
      active.hits += 1;
      effects.push(active.rule.effect);
    }
    return effects;
  }
}

function doesMatch({ rule: { match = {} }, path }: ActiveRule, subject: FaultSubject): boolean {
  return (
    (match.method === undefined || match.method.toUpperCase() === subject.method) &&
    (path === undefined || path.test(subject.path)) &&
    (match.operation === undefined || match.operation === subject.operation) &&
    (match.clientId === undefined || match.clientId === subject.clientId)
  );
}
