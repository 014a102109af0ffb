import type { Tree } from "../simulator/json-tree.ts";
import type { Query } from "./outcome.ts";
import { invalid, type Refusal } from "./refusal.ts";

/** What a request asks for in its query, under the contract; what the contract does not know is ignored. */
export function readQuery(given: unknown, schemas: ReadonlyMap<string, Tree>): Query {
  const asked = new Map<string, unknown>(
    typeof given === "object" && given !== null ? Object.entries(given) : [],
  );
  const read: Record<string, unknown> = {};
  for (const [name, schema] of schemas) {
    if (asked.has(name)) read[name] = readValue(name, asked.get(name), schema);
  }
  return read;
}

/** The contract calls whole numbers texts with a least value. */
function readValue(name: string, value: unknown, { type, minimum, enum: words }: Tree): unknown {
  if (type === "boolean") {
    if (value !== "true" && value !== "false") throw wrong(name);
    return value === "true";
  }
  if (typeof minimum === "number") {
    const number = typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : -1;
    if (number < minimum) throw wrong(name);
    return number;
  }
  if (Array.isArray(words) && !words.includes(String(value))) throw wrong(name);
  return value;
}

function wrong(name: string): Refusal {
  return invalid({
    ru: `Недопустимое значение параметра ${name}`,
    en: `The value of parameter ${name} is not allowed`,
  });
}
