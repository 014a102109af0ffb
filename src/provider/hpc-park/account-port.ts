import type { HpcAccountSpec } from "../../api/hpc-account.ts";
import { HPC_PARK_GROUP } from "../../api/metadata.ts";
import { millisecondsOf } from "../../api/duration.ts";
import type { AccountPort, AccountReference, AccountTerms } from "../account-port.ts";
import type { ManagedSpec } from "../port.ts";
import { type AccountOptions, HpcParkAccount, lanesFor } from "./account.ts";

export interface HpcAccountPortOptions extends Omit<
  AccountOptions,
  "url" | "token" | "otherToken" | "lanes"
> {}

/** Accounts of HPC Park as objects of the cluster. */
export function hpcAccountPort(options: HpcAccountPortOptions): AccountPort {
  return {
    kind: "HpcAccount",
    group: HPC_PARK_GROUP,
    version: "v1alpha1",
    plural: "hpcaccounts",
    // The CRD's schema has checked it.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    terms: (spec) => termsOf(spec as HpcAccountSpec),
    reference: ACCOUNT_REF,
    credentialCalled: "token",
    adviceOnUrl: "have it added to the operator's option ALLOWED_URLS, or leave spec.url out",
    lanes: (requestsPerSecond = options.requestsPerSecond) =>
      lanesFor({
        ...options,
        requestsPerSecond: Math.min(requestsPerSecond, options.requestsPerSecond),
      }),
    open: (opening) => new HpcParkAccount({ ...options, ...opening }),
  };
}

export const ACCOUNT_REF: AccountReference = {
  path: "spec.accountRef",
  nameIn: ({ accountRef }: ManagedSpec & { readonly accountRef?: { readonly name: string } }) =>
    accountRef?.name,
};

function termsOf({
  url,
  tokenSecretRefs,
  pollInterval,
  requestsPerSecond,
}: HpcAccountSpec): AccountTerms {
  return {
    ...(url === undefined ? {} : { url }),
    ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
    ...(pollInterval === undefined ? {} : { pollMs: millisecondsOf(pollInterval) }),
    tokens: tokenSecretRefs.map((reference) => [
      { ...reference, path: "spec.tokenSecretRefs", mustBe: TOKEN },
    ]),
  };
}

/** As the header takes it: a line break or a space in it is a slip of whoever made the Secret. */
const TOKEN = {
  pattern: /^[\x21-\x7e]+$/,
  called: "token, one word without a space or a line break in it",
  reason: "TokenInvalid" as const,
};
