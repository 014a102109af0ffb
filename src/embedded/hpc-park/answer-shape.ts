import type { OperationShape } from "./edition.ts";
import { pageOfList, type PageRequest } from "./page.ts";

/** An answer as the live contract has it: fields under their live names, a list as the page that was asked for. */
export function shapeAnswer(
  answer: unknown,
  path: string,
  { shape, page }: { readonly shape: OperationShape; readonly page?: PageRequest },
): unknown {
  const { answerNames } = shape;
  const named = answerNames.size === 0 ? answer : rename(answer, answerNames);
  return page !== undefined && Array.isArray(named) ? pageOfList(named, path, page) : named;
}

function rename(answer: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(answer)) return answer.map((item: unknown) => rename(item, names));
  if (typeof answer !== "object" || answer === null) return answer;
  return Object.fromEntries(
    Object.entries(answer).map(([name, value]) => [names.get(name) ?? name, value]),
  );
}
