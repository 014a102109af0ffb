import { cleanWords } from "../provider/words.ts";
import { wordOfPlace } from "../core/account-name.ts";
import type { Obstacle } from "../core/situation.ts";
import type { AccountFacts, AccountPort } from "../provider/account-port.ts";
import { ProviderError } from "../provider/errors.ts";
import { isCertificateFault } from "../provider/http-error.ts";
import type { Lanes } from "../provider/lanes.ts";

/** What became of asking whose a token is; `open`: the server could not be asked. */
export type Proof =
  | { readonly is: "accepted"; readonly facts: AccountFacts }
  | { readonly is: "refused" | "another"; readonly obstacle: Obstacle }
  | {
      readonly is: "open";
      readonly obstacle: Obstacle;
      /** How long it asked to be left alone, in milliseconds. */
      readonly pauseMs?: number | undefined;
    };

export interface Proving {
  readonly port: AccountPort;
  readonly server: string;
  readonly lanes: Lanes;
  readonly signal: AbortSignal;
  /** The server has just refused it. */
  readonly isRefused: boolean;
  /** The user that a person has said the account is to stand for. */
  readonly acknowledged: string | undefined;
}

/** Asks whose a token is. Only one of the user that the account is bound to is good. */
export async function proveToken(
  token: string,
  { port, server, lanes, signal, isRefused, acknowledged }: Proving,
  bound: string | undefined,
): Promise<Proof> {
  if (isRefused) return refused("the server refuses it", port);
  const client = port.open({
    url: server,
    lanes,
    signal,
    token: () => Promise.resolve(token),
    isForInspection: true,
  });
  try {
    const facts = await client.facts(signal);
    const present = wordOfPlace({ server, user: facts.user });
    const isBound = bound === undefined || bound === present;
    if (isBound || acknowledged === (facts.user ?? "?")) return { is: "accepted", facts };
    return {
      is: "another",
      obstacle: anotherUser({ bound, present, user: facts.user ?? "?" }, port),
    };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return proofOf(error, token, port);
  } finally {
    client.close();
  }
}

function proofOf(error: ProviderError, token: string, port: AccountPort): Proof {
  const words = cleanWords(error.message, token);
  if (error.kind === "unauthorized") return refused(words, port);
  if (isCertificateFault(error))
    return {
      is: "open",
      obstacle: { reason: "CertificateNotTrusted", message: words, isStalled: true },
    };
  // Nothing is wrong with the credential, so what uses it by now goes on.
  if (error.kind === "forbidden") return { is: "open", obstacle: forbidden(words, port) };
  const reason = error.kind === "rate-limited" ? "RateLimited" : "Unreachable";
  const obstacle = { reason, message: `${words}; trying again`, isStalled: false } as const;
  return { is: "open", obstacle, pauseMs: error.retryAfterMs };
}

function refused(words: string, { credentialCalled }: AccountPort): Proof {
  const message = `the ${credentialCalled} is not taken: ${words}; put a valid one into the Secret`;
  return { is: "refused", obstacle: { reason: "Unauthorized", message, isStalled: true } };
}

function forbidden(words: string, { credentialCalled: what }: AccountPort): Obstacle {
  const message = `${words}; have the user of the ${what} given the right to do that, or put a ${what} of another user into the Secret`;
  return { reason: "Forbidden", message, isStalled: true };
}

function anotherUser(
  { bound, present, user }: { bound: string; present: string; user: string },
  { credentialCalled: what }: AccountPort,
): Obstacle {
  return {
    reason: "AnotherUser",
    message: `the ${what} is of ${present}, and this account is bound to ${bound}: nothing is created or deleted; put a ${what} of that user back, or, where it shall stand for the other one from now on, say so with the annotation acknowledge-user: "${user}"`,
    isStalled: true,
  };
}
