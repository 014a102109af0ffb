import type { Decision } from "./decision.ts";

/** One rule: a sentence that says why, when it applies, and what follows. */
export interface Rule<Input> {
  readonly name: string;
  readonly because: string;
  readonly apply: (input: Input) => Decision | undefined;
}

/**
 * @param when Returns what the rule is about, or undefined or false where it does not apply.
 * @param then Is handed what `when` found; its name is the rule's.
 */
export function rule<Input, Found>(
  because: string,
  when: (input: Input) => Found | undefined | false,
  then: (input: Input, found: Found) => Decision,
): Rule<Input> {
  return {
    name: then.name,
    because,
    apply: (input) => {
      const found = when(input);
      return found === undefined || found === false ? undefined : then(input, found);
    },
  };
}

/** For rules that are about several things, and do not apply where there are none. */
export function nonEmpty<Item>(items: readonly Item[]): readonly Item[] | false {
  return items.length > 0 && items;
}
