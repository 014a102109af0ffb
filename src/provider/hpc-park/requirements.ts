/**
 * `required`: without it nothing may be changed. `section`: the operator can do without all of its section, not without a part of it.
 * `apart`: the same, and where a part of it is missing or otherwise, only its own kind stops.
 * `optional`: it can do without.
 */
export type Need = "required" | "section" | "apart" | "optional";

/** JSON's own words, as OpenAPI has them. */
export type JsonType = "integer" | "number" | "string" | "boolean" | "array" | "object";

export interface SentField {
  readonly type: JsonType;
  /** Sent as null where the spec says nothing. */
  readonly isNullable?: true;
  /** What is sent, where that is always one of these. */
  readonly sends?: readonly string[];
  /** The field of a spec whose values it limits. */
  readonly offers?: string;
}

export interface ReadField {
  readonly type: JsonType;
  /** An answer without it cannot be used. */
  readonly isVital?: true;
  /** The values that this version has words for. */
  readonly knows?: readonly string[];
}

export interface Requirement {
  readonly method: "get" | "post" | "patch" | "delete";
  /** As the contract writes it; a slash at the end, and the names of parameters, do not matter. */
  readonly path: string;
  /** Another form under which the service may have it. */
  readonly variant?: string;
  readonly need: Need;
  /** What there is none of where the section is missing. */
  readonly feature: string;
  /** The fields of the body. */
  readonly sends?: Readonly<Record<string, SentField>>;
  readonly reads?: Readonly<Record<string, ReadField>>;
  readonly isList?: true;
}

const VITAL = {
  id: { type: "integer", isVital: true },
  label: { type: "string", isVital: true },
} as const;

const INSTANCE: Requirement["reads"] = {
  ...VITAL,
  state: {
    type: "string",
    isVital: true,
    knows: ["creating", "on", "off", "starting", "stopping", "updating", "deleting", "error"],
  },
  container_type: { type: "string" },
  namespace_id: { type: "integer" },
  gpu_type: { type: "string" },
  gpu_count: { type: "integer" },
  storage_ids: { type: "array" },
  tariff_type: { type: "string" },
  error: { type: "string" },
  host: { type: "string" },
  ports: { type: "array" },
};

const STORAGE: Requirement["reads"] = {
  ...VITAL,
  state: {
    type: "string",
    isVital: true,
    knows: ["creating", "ready", "updating", "deleting", "error"],
  },
  storage_type: { type: "string" },
  size_gb: { type: "integer" },
  namespace_id: { type: "integer" },
  instance_ids: { type: "array" },
  error: { type: "string" },
};

const TOKEN: Requirement["reads"] = {
  id: { type: "integer", isVital: true },
  name: { type: "string", isVital: true },
  expires_at: { type: "string" },
  master: { type: "boolean" },
  current: { type: "boolean" },
};

const GPUS: Requirement["sends"] = {
  gpu_type: { type: "string", offers: "gpuType" },
  gpu_count: { type: "integer" },
  storage_ids: { type: "array" },
};

const instance = { need: "required", feature: "HpcInstance" } as const;
const storage = { need: "section", feature: "HpcStorage" } as const;
const namespace = { need: "apart", feature: "HpcNamespace" } as const;
const token = { need: "apart", feature: "HpcToken" } as const;

/** What the operator needs of the API; every entry follows the contract in src/contracts. */
export const REQUIREMENTS: readonly Requirement[] = [
  { ...instance, method: "get", path: "/v1/instance", reads: INSTANCE, isList: true },
  {
    ...instance,
    method: "post",
    path: "/v1/instance",
    sends: {
      ...GPUS,
      label: { type: "string" },
      container_type: { type: "string", offers: "containerType" },
      namespace_id: { type: "integer", isNullable: true },
      ssh_support: { type: "boolean" },
      ssh_key: { type: "string", isNullable: true },
      tariff_type: { type: "string", offers: "tariffType" },
    },
    reads: INSTANCE,
  },
  { ...instance, method: "get", path: "/v1/instance/{id}", reads: INSTANCE },
  { ...instance, method: "delete", path: "/v1/instance/{id}" },
  { ...instance, method: "patch", path: "/v1/instance/{id}/resources/", sends: GPUS },
  {
    ...instance,
    method: "patch",
    path: "/v1/instance/{id}/state/",
    // The instruction prints it without the slash before the id.
    variant: "/v1/instance{id}/state/",
    sends: { state: { type: "string", sends: ["on", "off"] } },
  },
  { ...storage, method: "get", path: "/v1/storage", reads: STORAGE, isList: true },
  {
    ...storage,
    method: "post",
    path: "/v1/storage",
    sends: {
      label: { type: "string" },
      storage_type: { type: "string", offers: "storageType" },
      size_gb: { type: "integer" },
      namespace_id: { type: "integer", isNullable: true },
    },
    reads: STORAGE,
  },
  { ...storage, method: "get", path: "/v1/storage/{id}", reads: STORAGE },
  { ...storage, method: "delete", path: "/v1/storage/{id}" },
  {
    ...storage,
    method: "patch",
    path: "/v1/storage/{id}/resources/",
    sends: { size_gb: { type: "integer" } },
  },
  {
    need: "optional",
    feature: "knowing whose the token is",
    method: "get",
    path: "/v1/user",
    reads: { id: { type: "integer" } },
  },
  { ...namespace, method: "get", path: "/v1/namespace", reads: VITAL, isList: true },
  {
    ...namespace,
    method: "post",
    path: "/v1/namespace",
    sends: { label: { type: "string" } },
    reads: VITAL,
  },
  { ...namespace, method: "get", path: "/v1/namespace/{id}", reads: VITAL },
  { ...namespace, method: "delete", path: "/v1/namespace/{id}" },
  { ...token, method: "get", path: "/v1/token", reads: TOKEN, isList: true },
  {
    ...token,
    method: "post",
    path: "/v1/token",
    sends: {
      name: { type: "string" },
      master: { type: "boolean" },
      expires_at: { type: "string" },
    },
    reads: { ...TOKEN, token: { type: "string", isVital: true } },
  },
  { ...token, method: "delete", path: "/v1/token/{id}" },
  {
    need: "optional",
    feature: "showing limits",
    method: "get",
    path: "/v1/limit",
    isList: true,
    reads: {
      resource: { type: "string" },
      used: { type: "number" },
      limit: { type: "number" },
    },
  },
  {
    need: "optional",
    feature: "showing what things cost",
    method: "get",
    path: "/v1/billing",
    reads: {
      currency: { type: "string" },
      balance: { type: "string" },
      items: { type: "array" },
    },
  },
  {
    need: "optional",
    feature: "showing invoices",
    method: "get",
    path: "/v1/invoice",
    isList: true,
    reads: { status: { type: "string" } },
  },
  {
    need: "optional",
    feature: "showing prepaid packages",
    method: "get",
    path: "/v1/prepaid",
    isList: true,
    reads: { date_to: { type: "string" } },
  },
];

/** As differences, logs and conditions name an operation: `POST /v1/instance`. */
export function nameOf({ method, path }: Pick<Requirement, "method" | "path">): string {
  return `${method.toUpperCase()} ${path}`;
}

/** The part of the API that a path belongs to: `/v1/storage/{id}` is of `/v1/storage`. */
export function sectionOf(path: string): string {
  return /^\/v1\/[a-z]+/.exec(path)?.[0] ?? path;
}
