import type { PrinterColumn } from "./kind.ts";
import { age, message, ready, synced } from "./printer-columns.ts";

export const applicationColumns: readonly PrinterColumn[] = [
  ready,
  {
    name: "Status",
    type: "string",
    jsonPath: ".status.status",
    description: "The panel's word for what it does.",
  },
  {
    name: "Version",
    type: "string",
    jsonPath: ".status.appliedVersion",
    description: "Version of the build that is applied.",
  },
  {
    name: "URI",
    type: "string",
    jsonPath: ".status.uri",
    description: "Where people find it.",
  },
  age,
  {
    name: "Id",
    type: "string",
    jsonPath: ".status.id",
    description: "Id in the panel.",
    isWide: true,
  },
  synced,
  message,
];

export const consoleColumns: readonly PrinterColumn[] = [
  ready,
  {
    name: "User",
    type: "string",
    jsonPath: ".status.user.name",
    description: "Whose rights are used.",
  },
  {
    name: "Applications",
    type: "integer",
    jsonPath: ".status.applications.total",
    description: "How many the user sees.",
  },
  {
    name: "Token",
    type: "string",
    jsonPath: ".status.token.expiresAt",
    description: "When the present token ends; the operator fetches the next by itself.",
    isWide: true,
  },
  age,
  message,
];
