import { type Static, Type } from "typebox";
import { type Catalogue, SECTIONS, type StatePath } from "./settings.ts";

const strict = { additionalProperties: false };
const fields = Type.Optional(Type.Array(Type.String({ minLength: 1 })));
const names = Type.Optional(Type.Record(Type.String(), Type.String({ minLength: 1 })));

/** The schemas of requests and answers, whose fields can be changed. */
type SchemaName =
  | "InstanceCreate"
  | "InstanceResourcesPatch"
  | "InstanceStatePatch"
  | "Instance"
  | "StorageCreate"
  | "Storage"
  | "Namespace"
  | "User"
  | "TokenCreate"
  | "Token"
  | "Limit"
  | "Billing"
  | "Invoice"
  | "Prepaid";

function bySchema<T>(value: T): Record<SchemaName, T> {
  return {
    InstanceCreate: value,
    InstanceResourcesPatch: value,
    InstanceStatePatch: value,
    Instance: value,
    StorageCreate: value,
    Storage: value,
    Namespace: value,
    User: value,
    TokenCreate: value,
    Token: value,
    Limit: value,
    Billing: value,
    Invoice: value,
    Prepaid: value,
  };
}

/** How the live service differs from the contract. Description, checks and answers all follow it. */
export const contractChangesFields = {
  /** Sections that the service has not: no path of theirs exists. */
  missing: Type.Optional(Type.Array(Type.Enum([...SECTIONS]))),
  /** By schema: the fields that are required, instead of those of the contract. An unknown one is a string. */
  required: Type.Optional(Type.Object(bySchema(fields), strict)),
  /** By schema: what a field is called instead, as `{"state": "status"}`. */
  renamed: Type.Optional(Type.Object(bySchema(names), strict)),
  /** Whether the description lists the names of the catalogue, in place or as schemas of their own. */
  names: Type.Optional(Type.Enum(["inline", "by-reference"])),
  /** Each list comes in pages, of so many items where the request does not say. */
  pages: Type.Optional(
    Type.Object({ size: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })) }, strict),
  ),
};

const contractChangesSchema = Type.Object(contractChangesFields, strict);
export type ContractChanges = Static<typeof contractChangesSchema>;

/** All that the live description follows from. */
export interface Live {
  readonly statePath: StatePath;
  readonly changes: ContractChanges;
  readonly catalogue: Catalogue;
}
