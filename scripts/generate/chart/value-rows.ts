import { objectOf } from "../schema-fields.ts";
import type { StructuralSchema } from "../../../src/api/structural.ts";

/** One value of the chart. */
export interface ValueRow {
  readonly path: readonly string[];
  readonly type: string;
  readonly standard: unknown;
  readonly says: string;
}

/** Every value below a schema; what has a default of its own is one value, whatever is in it. */
export function valueRows(schema: object, path: readonly string[] = []): readonly ValueRow[] {
  return Object.entries(objectOf(objectOf(schema)["properties"])).flatMap(([name, value]) => {
    const field = objectOf(value);
    const here = [...path, name];
    if (!("default" in field)) return valueRows(field, here);
    const says = String(field["description"]);
    return [{ path: here, type: typeOf(field), standard: field["default"], says }];
  });
}

function typeOf({ type, enum: allowed }: StructuralSchema): string {
  if (!Array.isArray(allowed)) return String(type);
  return allowed
    .filter((value) => value !== "")
    .map(String)
    .join(", ");
}
