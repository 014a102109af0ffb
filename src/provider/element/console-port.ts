import { millisecondsOf } from "../../api/duration.ts";
import type { ElementConsoleSpec } from "../../api/element-console.ts";
import { ELEMENT_GROUP } from "../../api/metadata.ts";
import type { AccountPort, AccountTerms } from "../account-port.ts";
import { Lanes, type LanesOptions } from "../lanes.ts";
import type { ManagedSpec } from "../port.ts";
import { type ConsoleOptions, ElementConsole } from "./console.ts";
import { mirrors } from "./mirrors.ts";
import { ElementSignIn } from "./sign-in.ts";

export interface ElementConsolePortOptions extends Omit<
  ConsoleOptions,
  "url" | "token" | "otherToken" | "lanes" | "signIn"
> {
  readonly requestsPerSecond: number;
  readonly onTurn: LanesOptions["onTurn"];
  readonly random: () => number;
}

/** Requests at a time; more would only wait at the rate limit, fewer would let one slow answer hold up the rest. */
const CONCURRENCY = 8;

/** Control panels as objects of the cluster. */
export function elementConsolePort(options: ElementConsolePortOptions): AccountPort {
  const signInAt = signIns(options.now);
  return {
    kind: "ElementConsole",
    group: ELEMENT_GROUP,
    version: "v1alpha1",
    plural: "elementconsoles",
    reference: {
      path: "spec.consoleRef",
      isRequired: true,
      nameIn: ({ consoleRef }: ManagedSpec & { readonly consoleRef?: { readonly name: string } }) =>
        consoleRef?.name,
    },
    credentialCalled: "client",
    adviceOnUrl: "have it added to the operator's option ELEMENT_ALLOWED_URLS",
    // The CRD's schema has checked it.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    terms: (spec) => termsOf(spec as ElementConsoleSpec),
    lanes: (requestsPerSecond = options.requestsPerSecond) =>
      new Lanes({
        requestsPerSecond: Math.min(requestsPerSecond, options.requestsPerSecond),
        onTurn: options.onTurn,
        now: options.now,
        random: options.random,
        concurrency: CONCURRENCY,
        patienceMs: options.timeoutMs,
      }),
    open: (opening) =>
      new ElementConsole({ ...options, ...opening, signIn: signInAt(opening.url) }),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    mirrors: (spec) => ((spec as ElementConsoleSpec).discover ? mirrors : undefined),
  };
}

/** One for each panel: what one has given is shown to no other, though both may know the same client. */
function signIns(now: () => number): (url: string) => ElementSignIn {
  // No more than are allowed.
  const byServer = new Map<string, ElementSignIn>();
  return (url) => {
    const server = url.replace(/\/+$/, "");
    const known = byServer.get(server) ?? new ElementSignIn(now);
    byServer.set(server, known);
    return known;
  };
}

function termsOf({
  url,
  clientSecretRef: { name },
  pollInterval,
  requestsPerSecond,
}: ElementConsoleSpec): AccountTerms {
  const part = { name, path: "spec.clientSecretRef" };
  return {
    url,
    ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
    ...(pollInterval === undefined ? {} : { pollMs: millisecondsOf(pollInterval) }),
    tokens: [
      [
        { ...part, key: "client-id", mustBe: CLIENT_ID },
        { ...part, key: "client-secret", mustBe: CLIENT_SECRET },
      ],
    ],
  };
}

/** A colon would end it in the header that it is sent in. */
const CLIENT_ID = {
  pattern: /^[\x21-\x39\x3b-\x7e]+$/,
  called: "client id, one word without a space, a colon or a line break in it",
  reason: "TokenInvalid" as const,
};

const CLIENT_SECRET = {
  pattern: /^[\x21-\x7e]+$/,
  called: "client secret, one word without a space or a line break in it",
  reason: "TokenInvalid" as const,
};
