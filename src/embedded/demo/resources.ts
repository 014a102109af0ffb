import { findCondition } from "../../api/conditions.ts";
import type { ElementApplication } from "../../api/element-application.ts";
import type { HpcInstance } from "../../api/hpc-instance.ts";
import type { HpcStorage } from "../../api/hpc-storage.ts";
import type { Row } from "./table.ts";

export type Resource = HpcInstance | HpcStorage | ElementApplication;

/** As `kubectl get hpci,hpcs,elapp -o json` prints them. */
export function readResources(json: string): Resource[] {
  const list: { items: Resource[] } = JSON.parse(json);
  return list.items;
}

export function isReady({ metadata, status }: Resource): boolean {
  const ready = findCondition(status?.conditions, "Ready");
  return ready?.status === "True" && status?.observedGeneration === metadata.generation;
}

export function rowOf(resource: Resource, wallClockMs: number): Row {
  const { kind, metadata, status } = resource;
  const ready = findCondition(status?.conditions, "Ready");
  const created = Date.parse(metadata.creationTimestamp ?? "");
  return {
    kind,
    name: metadata.name,
    ready: ready?.status ?? "",
    state: stateOf(resource),
    size: sizeOf(resource),
    host: hostOf(resource),
    price: status !== undefined && "pricePerHour" in status ? (status.pricePerHour ?? "") : "",
    age: `${Math.max(Math.round((wallClockMs - created) / 1000), 0)}s`,
    message: messageOf(resource) ?? "",
  };
}

function stateOf({ status }: Resource): string {
  if (status === undefined) return "";
  return ("state" in status ? status.state : "status" in status ? status.status : "") ?? "";
}

function hostOf({ status }: Resource): string {
  if (status === undefined) return "";
  return ("host" in status ? status.host : "uri" in status ? status.uri : "") ?? "";
}

function sizeOf({ status }: Resource): string {
  if (status === undefined) return "";
  if ("appliedVersion" in status) return status.appliedVersion ?? "";
  if ("gpu" in status) return status.gpu ?? "";
  return "sizeGb" in status ? `${status.sizeGb} GB` : "";
}

/** What keeps it from being in sync, if anything does; else what Ready says. */
function messageOf({ status }: Resource): string | undefined {
  const synced = findCondition(status?.conditions, "Synced");
  if (synced !== undefined && synced.status !== "True") return synced.message;
  return findCondition(status?.conditions, "Ready")?.message;
}
