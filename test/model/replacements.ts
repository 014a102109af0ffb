import type { ManagedObject } from "../../src/controller/managed-object.ts";
import type { Connection } from "../../src/provider/connection.ts";
import type { RemoteKind } from "../../src/provider/port.ts";

/** The journal is not written, patches carry no version, nothing is read before a DELETE. */
export type Forgotten = "journal" | "version" | "confirmation";

/** Parts of the operator in another's place: how a test makes a mistake on purpose. */
export interface Replacements {
  readonly quietMs?: number;
  /** What the operator leaves out at the API server, believing that it was done. */
  readonly forgets?: Forgotten;
  readonly remote?: (remote: RemoteKind) => RemoteKind;
  readonly connection?: (connection: Connection, now: () => number) => void;
  /** The object as the operator's cache holds it. */
  readonly cached?: (object: ManagedObject) => ManagedObject;
  /** The object as it is read past the cache. */
  readonly found?: (object: ManagedObject) => ManagedObject;
}
