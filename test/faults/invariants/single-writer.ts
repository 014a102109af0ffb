import { heldAt, type Term } from "../lease-history.ts";
import { mutations, type Remote } from "./history.ts";

/**
 * I8: each request that changed something came from the process that held the lease when it came in. The ledger's `clientId` must be the
 * name under which the lease history knows the process.
 */
export function singleWriter(remote: Remote, terms: readonly Term[]): string[] {
  return mutations(remote)
    .filter(({ clientId, inMs }) => heldAt(terms, inMs)?.client !== clientId)
    .map(({ clientId, operation, inMs }) => {
      const holder = heldAt(terms, inMs)?.client ?? "nobody";
      return `I8 single writer: ${operation} came from ${clientId} while ${holder} held the lease`;
    });
}
