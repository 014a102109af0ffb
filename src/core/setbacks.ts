import { allOf, type Asked, isAskedFor } from "./asked.ts";
import { compare } from "./diff.ts";
import { isAtRest, type RemoteThing, type Setback } from "./observation.ts";
import type { Situation } from "./situation.ts";

/** What was written down of a change holds as long as the same is wanted, beside what is seen to have failed now. */
export function withSetbacks(
  thing: RemoteThing,
  { resource, kind, wish }: Pick<Situation, "resource" | "kind" | "wish">,
): RemoteThing {
  const isStillWanted = (asked: Asked): boolean => {
    const { next } = compare(kind.fields, [asked.operation], wish.fields, thing.fields);
    return next !== undefined && isAskedFor(asked, next);
  };
  const written = allOf(resource.asked).filter(isStillWanted);
  const setbacks = [thing.setback, ...written.map(({ setback }) => setback)].filter(
    (setback) => setback !== undefined,
  );
  const [first] = setbacks;
  if (first === undefined) return thing;
  const operations = [...new Set(setbacks.flatMap((setback) => setback.operations))];
  const message = setbacks.map((setback) => setback.message).join("; ");
  return { ...thing, setback: { operations, reason: first.reason, message } };
}

/** What was asked for last has just been seen to have come to nothing. */
export function freshSetbackOf(
  thing: RemoteThing | undefined,
  asked: Asked | undefined,
): Setback | undefined {
  if (thing === undefined || !isAtRest(thing) || asked?.setback !== undefined) return undefined;
  return asked && thing.setback;
}
