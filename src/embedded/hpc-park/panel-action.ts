import { type Static, type TProperties, Type } from "typebox";
import { THING_KINDS } from "./thing.ts";

const text = Type.String({ minLength: 1 });
const id = Type.Integer();
const thing = { kind: Type.Enum([...THING_KINDS]), id };
const count = Type.Integer({ minimum: 0 });
const ms = Type.Optional(Type.Number({ minimum: 0 }));
const maybe = { text: Type.Optional(text), count: Type.Optional(count) };
const ids = Type.Optional(Type.Array(id));

function action<Name extends string, Fields extends TProperties>(name: Name, fields: Fields) {
  return Type.Object({ action: Type.Literal(name), ...fields }, { additionalProperties: false });
}

/** What a person can do in the panel, and what only the vendor could. Nothing is asked: it simply happens. */
export const panelActionSchema = Type.Union([
  action("set-label", { ...thing, label: Type.String() }),
  action("delete", thing),
  action("set-power", { id, power: Type.Enum(["on", "off"]) }),
  action("change-resources", {
    id,
    gpu_type: maybe.text,
    gpu_count: maybe.count,
    storage_ids: ids,
  }),
  action("change-size", { id, size_gb: Type.Integer({ minimum: 1 }) }),
  /** `token`: the name of the one that sees it; without it only a master token does. */
  action("create-instance", {
    label: text,
    token: maybe.text,
    container_type: maybe.text,
    gpu_type: maybe.text,
    gpu_count: maybe.count,
    storage_ids: ids,
    tariff_type: maybe.text,
  }),
  action("create-storage", {
    label: text,
    token: maybe.text,
    storage_type: maybe.text,
    size_gb: maybe.count,
  }),
  action("create-namespace", { label: text, token: maybe.text }),
  action("set-error", { ...thing, error: text }),
  /** Any word at all; null gives the thing back to its own life and clears an error. */
  action("set-state", { ...thing, state: Type.Union([text, Type.Null()]) }),
  action("grant", { ...thing, token: text }),
  action("add-token", {
    name: text,
    value: maybe.text,
    master: Type.Optional(Type.Boolean()),
    expires_at: maybe.text,
  }),
  action("expire-token", { name: text }),
  action("revoke-token", { name: text }),
  action("set-timings", { createMs: ms, deleteMs: ms, updateMs: ms, powerMs: ms, storageMs: ms }),
  /** Replaces all limits; without a balance there is always money. */
  action("set-limits", {
    instances: maybe.count,
    storageGb: maybe.count,
    gpus: Type.Optional(Type.Record(Type.String(), count)),
    balance: Type.Optional(Type.Number()),
    refuseWith: Type.Optional(Type.Enum([402, 403])),
  }),
  /** Another user behind the same tokens: what belonged to the one before is no longer seen. */
  action("set-user", { id, email: maybe.text }),
  action("set-state-path", { statePath: Type.Enum(["slash", "no-slash"]) }),
]);

export type PanelAction = Static<typeof panelActionSchema>;
