import type { PrinterColumn } from "./kind.ts";

export const ready: PrinterColumn = {
  name: "Ready",
  type: "string",
  jsonPath: conditionPath("Ready", "status"),
  description: "Whether it can be used.",
};
const state: PrinterColumn = {
  name: "State",
  type: "string",
  jsonPath: ".status.state",
  description: "HPC Park's word for what it does.",
};
export const age: PrinterColumn = {
  name: "Age",
  type: "date",
  jsonPath: ".metadata.creationTimestamp",
  description: "Time since this object was created.",
};
const id: PrinterColumn = {
  name: "Id",
  type: "integer",
  jsonPath: ".status.id",
  description: "Id in HPC Park.",
  isWide: true,
};
export const synced: PrinterColumn = {
  name: "Synced",
  type: "string",
  jsonPath: conditionPath("Synced", "status"),
  description: "Whether it matches the spec.",
  isWide: true,
};
export const message: PrinterColumn = {
  name: "Message",
  type: "string",
  jsonPath: conditionPath("Ready", "message"),
  description: "Why it is ready or not.",
  isWide: true,
};

const pricePerHour: PrinterColumn = {
  name: "₽/h",
  type: "string",
  jsonPath: ".status.pricePerHour",
  description: "What HPC Park bills for it in an hour at present.",
};
const spent: PrinterColumn = {
  name: "Spent",
  type: "string",
  jsonPath: ".status.spent",
  description: "What HPC Park has billed for it this month.",
};

export const instanceColumns: readonly PrinterColumn[] = [
  ready,
  state,
  {
    name: "GPU",
    type: "string",
    jsonPath: ".status.gpu",
    description: "Number and model of the GPUs.",
  },
  { name: "Host", type: "string", jsonPath: ".status.host", description: "Public host name." },
  pricePerHour,
  spent,
  age,
  id,
  synced,
  message,
];

export const storageColumns: readonly PrinterColumn[] = [
  ready,
  state,
  { name: "Size(GB)", type: "integer", jsonPath: ".status.sizeGb", description: "Size in GB." },
  pricePerHour,
  spent,
  age,
  id,
  {
    name: "Type",
    type: "string",
    jsonPath: ".status.storageType",
    description: "Kind of disk.",
    isWide: true,
  },
  synced,
  message,
];

export const namespaceColumns: readonly PrinterColumn[] = [
  ready,
  {
    name: "Label",
    type: "string",
    jsonPath: ".status.label",
    description: "What the HPC Park panel calls it.",
  },
  age,
  id,
  synced,
  message,
];

export const tokenColumns: readonly PrinterColumn[] = [
  ready,
  {
    name: "Expires",
    type: "string",
    jsonPath: ".status.expiresAt",
    description: "When it ends.",
  },
  {
    name: "Secret",
    type: "string",
    jsonPath: ".spec.secretRef.name",
    description: "Where its value is.",
  },
  age,
  id,
  synced,
  message,
];

export const accountColumns: readonly PrinterColumn[] = [
  ready,
  {
    name: "Token",
    type: "string",
    jsonPath: ".status.token.kind",
    description: "Master or Ordinary.",
  },
  {
    name: "Expires",
    type: "string",
    jsonPath: ".status.token.expiresAt",
    description: "When the token ends.",
  },
  {
    name: "Balance",
    type: "string",
    jsonPath: ".status.balance",
    description: "What is left to spend.",
  },
  { ...pricePerHour, description: "What all that runs costs in an hour." },
  age,
  message,
];

function conditionPath(type: "Ready" | "Synced", field: "status" | "message"): string {
  return `.status.conditions[?(@.type=="${type}")].${field}`;
}
