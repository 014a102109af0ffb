import { readFile } from "node:fs/promises";
import { grantOf } from "./rendered.ts";

interface AuditEvent {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly apiGroup?: string;
  };
  readonly responseStatus?: { readonly code?: number };
}

/** What somebody did, and what was denied to him, by the API server's own audit log. */
export async function deedsOf(
  user: string,
  auditLog: string,
): Promise<{ readonly used: ReadonlySet<string>; readonly denied: ReadonlySet<string> }> {
  const lines = (await readFile(auditLog, "utf8")).trimEnd().split("\n");
  const used = new Set<string>();
  const denied = new Set<string>();
  for (const line of lines) {
    const { verb, user: who, objectRef, responseStatus }: AuditEvent = JSON.parse(line);
    if (who.username !== user || objectRef?.resource === undefined) continue;
    const { apiGroup = "", resource, subresource } = objectRef;
    const full = subresource === undefined ? resource : `${resource}/${subresource}`;
    (responseStatus?.code === 403 ? denied : used).add(grantOf(verb, apiGroup, full));
  }
  return { used, denied };
}
