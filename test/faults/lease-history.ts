import type { Exchange } from "./message-proxy.ts";

/** What one operator said to the API server. */
export interface Candidate {
  readonly client: string;
  readonly exchanges: readonly Exchange[];
}

/** An unbroken time in which one process held the lease. */
export interface Term {
  readonly client: string;
  readonly fromMs: number;
  /** When its last renewal ran out, when it gave the lease up, or when another took it. */
  readonly untilMs: number;
  readonly renewedMs: number;
  readonly isReleased: boolean;
}

interface Write {
  readonly client: string;
  readonly atMs: number;
  readonly isRelease: boolean;
}

/**
 * The holders of the lease in their order, from the writes that the API server accepted: of two candidates one gets a conflict, so these
 * are the truth whatever each of them believes.
 *
 * @param durationMs How long a renewal is good for.
 */
export function termsOf(candidates: readonly Candidate[], durationMs: number): Term[] {
  const writes = candidates
    .flatMap(({ client, exchanges }) => exchanges.flatMap((exchange) => writeOf(client, exchange)))
    .toSorted((a, b) => a.atMs - b.atMs);
  const terms: Term[] = [];
  for (const { client, atMs, isRelease } of writes) {
    const last = terms.at(-1);
    const isSame = last !== undefined && last.client === client && !last.isReleased;
    const fresh = { client, fromMs: atMs, renewedMs: atMs, untilMs: atMs + durationMs };
    if (isRelease && isSame) terms.splice(-1, 1, { ...last, untilMs: atMs, isReleased: true });
    else if (isSame) terms.splice(-1, 1, { ...last, ...fresh, fromMs: last.fromMs });
    else {
      if (last !== undefined)
        terms.splice(-1, 1, { ...last, untilMs: Math.min(last.untilMs, atMs) });
      terms.push({ ...fresh, isReleased: false });
    }
  }
  return terms;
}

/** The term in which this moment lies. */
export function heldAt(terms: readonly Term[], atMs: number): Term | undefined {
  return terms.find(({ fromMs, untilMs }) => fromMs <= atMs && atMs < untilMs);
}

function writeOf(client: string, { method, path, body, status, answeredMs }: Exchange): Write[] {
  const isWrite = method === "PUT" || method === "POST";
  if (!isWrite || status >= 300 || !path.includes("/leases")) return [];
  const lease: { spec?: { holderIdentity?: string } } = JSON.parse(body);
  const holder = lease.spec?.holderIdentity ?? "";
  return [{ client, atMs: answeredMs, isRelease: holder === "" }];
}
