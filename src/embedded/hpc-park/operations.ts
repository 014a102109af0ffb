import * as account from "./account.ts";
import { getBilling } from "./billing.ts";
import { STATE_PATHS } from "./contract.ts";
import * as instance from "./instance.ts";
import { listInvoices } from "./invoice.ts";
import * as namespace from "./namespace.ts";
import type { Operation } from "./outcome.ts";
import { listPrepaid } from "./prepaid.ts";
import * as storage from "./storage.ts";
import type { ThingKind } from "./thing.ts";

/** Each operation looks only at the fields of its own body, and those the contract has checked. */
export type AnyBody = instance.InstanceCreate &
  instance.InstanceResources &
  instance.InstanceState &
  storage.StorageCreate &
  account.TokenCreate;

export interface NamedOperation {
  /** As the ledger calls it. */
  readonly name: string;
  readonly run: Operation<AnyBody>;
  /** Where the answer is one thing or a list of them. */
  readonly reads?: ThingKind | "token";
}

/** Every operation of the contract, by method and path. */
export const OPERATIONS: Readonly<Record<string, NamedOperation>> = {
  "GET /v1/instance": { name: "listInstances", run: instance.listInstances, reads: "instance" },
  "POST /v1/instance": { name: "createInstance", run: instance.createInstance },
  "GET /v1/instance/{id}": { name: "getInstance", run: instance.getInstance, reads: "instance" },
  "DELETE /v1/instance/{id}": { name: "deleteInstance", run: instance.deleteInstance },
  "PATCH /v1/instance/{id}/resources/": {
    name: "changeInstanceResources",
    run: instance.changeResources,
  },
  [`PATCH ${STATE_PATHS.slash}`]: { name: "changeInstanceState", run: instance.changeState },
  [`PATCH ${STATE_PATHS["no-slash"]}`]: { name: "changeInstanceState", run: instance.changeState },
  "GET /v1/storage": { name: "listStorages", run: storage.listStorages, reads: "storage" },
  "POST /v1/storage": { name: "createStorage", run: storage.createStorage },
  "GET /v1/storage/{id}": { name: "getStorage", run: storage.getStorage, reads: "storage" },
  "DELETE /v1/storage/{id}": { name: "deleteStorage", run: storage.deleteStorage },
  "PATCH /v1/storage/{id}/resources/": { name: "growStorage", run: storage.growStorage },
  "GET /v1/namespace": {
    name: "listNamespaces",
    run: namespace.listNamespaces,
    reads: "namespace",
  },
  "POST /v1/namespace": { name: "createNamespace", run: namespace.createNamespace },
  "GET /v1/namespace/{id}": {
    name: "getNamespace",
    run: namespace.getNamespace,
    reads: "namespace",
  },
  "DELETE /v1/namespace/{id}": { name: "deleteNamespace", run: namespace.deleteNamespace },
  "GET /v1/user": { name: "getUser", run: account.getUser },
  "GET /v1/token": { name: "listTokens", run: account.listTokens, reads: "token" },
  "POST /v1/token": { name: "createToken", run: account.createToken },
  "DELETE /v1/token/{id}": { name: "deleteToken", run: account.deleteToken },
  "GET /v1/limit": { name: "listLimits", run: account.listLimits },
  "GET /v1/billing": { name: "getBilling", run: getBilling },
  "GET /v1/invoice": { name: "listInvoices", run: listInvoices },
  "GET /v1/prepaid": { name: "listPrepaid", run: listPrepaid },
};
