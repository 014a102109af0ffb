import { type Static, type TProperties, Type } from "typebox";
import type { Effect } from "../simulator/effect.ts";
import { contractChangesFields } from "./contract-changes.ts";
import { INVOICE_STATUSES } from "./invoice.ts";
import { SECTIONS } from "./settings.ts";
import { THING_KINDS } from "./thing.ts";

const text = Type.String({ minLength: 1 });
const id = Type.Integer();
const thing = { kind: Type.Enum([...THING_KINDS]), id };
const count = Type.Integer({ minimum: 0 });
const ms = Type.Optional(Type.Number({ minimum: 0 }));
const maybe = { text: Type.Optional(text), count: Type.Optional(count), id: Type.Optional(id) };
const ids = Type.Optional(Type.Array(id));
const prices = Type.Optional(Type.Record(Type.String(), Type.Number({ minimum: 0 })));
const names = Type.Optional(Type.Array(text));
/** The id of the user it is about; the main one where it is left out. */
const user = maybe.id;
const person = {
  email: maybe.text,
  company: Type.Optional(Type.Union([text, Type.Null()])),
  active: Type.Optional(Type.Boolean()),
};
const limits = {
  instances: maybe.count,
  storageGb: maybe.count,
  gpus: Type.Optional(Type.Record(Type.String(), count)),
  balance: Type.Optional(Type.Number()),
  refuseWith: Type.Optional(Type.Enum([402, 403])),
};

function action<Name extends string, Fields extends TProperties>(name: Name, fields: Fields) {
  return Type.Object({ action: Type.Literal(name), ...fields }, { additionalProperties: false });
}

const thingActions = [
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
  /** `token`: the name of the one that sees it, and whose user it belongs to; without it only a master token does. */
  action("create-instance", {
    label: text,
    token: maybe.text,
    user,
    namespace_id: maybe.id,
    container_type: maybe.text,
    gpu_type: maybe.text,
    gpu_count: maybe.count,
    storage_ids: ids,
    tariff_type: maybe.text,
  }),
  action("create-storage", {
    label: text,
    token: maybe.text,
    user,
    namespace_id: maybe.id,
    storage_type: maybe.text,
    size_gb: maybe.count,
  }),
  action("create-namespace", { label: text, token: maybe.text, user }),
  action("set-error", { ...thing, error: text }),
  /** Any word at all; null gives the thing back to its own life and clears an error. */
  action("set-state", { ...thing, state: Type.Union([text, Type.Null()]) }),
  action("grant", { ...thing, token: text }),
] as const;

const tokenActions = [
  /** Without `user` it belongs to whoever is the main user at the time. */
  action("add-token", {
    name: text,
    value: maybe.text,
    master: Type.Optional(Type.Boolean()),
    expires_at: maybe.text,
    user,
  }),
  action("expire-token", { name: text }),
  action("revoke-token", { name: text }),
] as const;

const moneyActions = [
  /** Roubles for an hour, by name; what is not spoken of stays as it is. Holds from now on. */
  action("set-prices", {
    gpu: prices,
    container: prices,
    tariff: prices,
    address: Type.Optional(Type.Number({ minimum: 0 })),
    storageGb: prices,
  }),
  action("set-billing", {
    currency: maybe.text,
    stoppedInstances: Type.Optional(Type.Enum(["full-price", "address-only", "free"])),
    refusesInDebt: Type.Optional(Type.Boolean()),
  }),
  /** Replaces all limits; without a balance there is always money, with one it is the balance from now on. */
  action("set-limits", { ...limits, user }),
  action("add-money", { amount: Type.Number(), user }),
  action("add-invoice", {
    amount: Type.Number(),
    number: maybe.text,
    status: Type.Optional(Type.Enum([...INVOICE_STATUSES])),
    issued_at: maybe.text,
    due_at: maybe.text,
    user,
  }),
  /** One that becomes paid adds to the balance. */
  action("set-invoice", { id, status: Type.Enum([...INVOICE_STATUSES]) }),
  action("add-prepaid", {
    gpu_type: text,
    gpu_count: count,
    date_from: text,
    date_to: text,
    amount: Type.Optional(Type.Number()),
    user,
  }),
] as const;

const serviceActions = [
  action("set-timings", { createMs: ms, deleteMs: ms, updateMs: ms, powerMs: ms, storageMs: ms }),
  /** Another one beside the main user, with limits, tokens and things of its own. */
  action("add-user", {
    id: maybe.id,
    ...person,
    limits: Type.Optional(Type.Object(limits, { additionalProperties: false })),
  }),
  /** Another main user behind the same tokens: what belonged to the one before is no longer seen. */
  action("set-user", { id, ...person }),
  action("set-state-path", { statePath: Type.Enum(["slash", "no-slash"]) }),
  /** The names that requests may use; lists that are not spoken of stay as they are. */
  action("set-catalogue", {
    containerTypes: names,
    gpuTypes: names,
    tariffTypes: names,
    storageTypes: names,
  }),
  /** Replaces all differences from the contract; with nothing in it the contract holds as it is. */
  action("set-contract", contractChangesFields),
  /** To an ordinary token these sections answer 403. */
  action("set-master-only", { sections: Type.Array(Type.Enum([...SECTIONS])) }),
  /** As if so much time had gone by: for bills, expiry, and whatever is on its way. */
  action("pass-time", { ms: Type.Number({ minimum: 0 }) }),
] as const;

/** What a person can do in the panel, and what only the vendor could. Nothing is asked: it simply happens. */
export const panelActionSchema = Type.Union([
  ...thingActions,
  ...tokenActions,
  ...moneyActions,
  ...serviceActions,
]);

export type PanelAction = Static<typeof panelActionSchema>;
export type TokenAction = Static<(typeof tokenActions)[number]>;
export type MoneyAction = Static<(typeof moneyActions)[number]>;
export type ServiceAction = Static<(typeof serviceActions)[number]>;

export interface PanelResult {
  /** What was made or changed. */
  readonly id?: number;
  /** The value of a new token. */
  readonly token?: string;
}

export interface Done extends PanelResult {
  readonly effects?: readonly Effect[];
}
