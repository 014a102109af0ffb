import type { HpcTokenSpec } from "../../api/hpc-token.ts";
import { HPC_PARK_GROUP } from "../../api/metadata.ts";
import { labelWithoutMarker } from "../../core/marker.ts";
import type { RemoteThing } from "../../core/observation.ts";
import { Sealed } from "../../core/sealed.ts";
import { ProviderError } from "../errors.ts";
import type { HttpClient } from "../http.ts";
import type { KindPort, RemoteKind } from "../port.ts";
import type { Answer } from "../answer.ts";
import type { Contract } from "./contract-watch.ts";
import { remoteCollection } from "./remote-collection.ts";
import { TOKEN_NEEDS } from "./terms.ts";

/** The contract gives none; that of a label elsewhere. */
const MAX_NAME_LENGTH = 255;
/** What cert-manager does with certificates: there is time to mend what keeps a token from being replaced. */
const RENEWAL_SHARE = 1 / 3;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** An API token. Its label is its name; its value is in the answer to the create request alone. */
export const tokenKind: KindPort<HpcTokenSpec> = {
  kind: "HpcToken",
  group: HPC_PARK_GROUP,
  version: "v1alpha1",
  plural: "hpctokens",
  maxLabelLength: MAX_NAME_LENGTH,
  ownLabel: ({ name }) => name,
  rules: {
    fields: [{ field: "master", path: "spec.master", change: "fixed", operationFor: () => "" }],
    operations: [],
    savingOperations: [],
    isNeverRetained: true,
  },
  references: () => [],
  secrets: () => [],
  fields: ({ master }) => ({ master }),
  createBody: (spec, label, { wallClockMs }) => ({
    name: label,
    master: spec.master,
    expires_at: spec.expiresAt ?? endAfter(spec.expiresAfter, wallClockMs),
  }),
  keeps: {
    secret: ({ secretRef }) => ({ ...secretRef, path: "spec.secretRef" }),
    renewBeforeMs: ({ expiresAfter, renewBefore }) =>
      millisecondsOf(renewBefore) ?? partOf(millisecondsOf(expiresAfter)),
  },
  statusId: Number,
};

export function remoteTokens(http: HttpClient, contract: Contract): RemoteKind {
  const collection = remoteCollection(http, contract, {
    noun: "token",
    needs: TOKEN_NEEDS,
    read: readToken,
    change: () => Promise.reject(new TypeError("nothing of a token can be changed")),
  });
  const list = async (signal: AbortSignal): Promise<readonly RemoteThing[]> => {
    const things = await collection.list(signal);
    requireMaster(things);
    return things;
  };
  return {
    get credential() {
      return collection.credential;
    },
    get terms() {
      return collection.terms;
    },
    list,
    // No section of its own: a complete list without it is the only "does not exist" there is.
    get: async (id, signal) => (await list(signal)).find((thing) => thing.id === id),
    create: (body, write) => collection.create(body, write),
    change: (...change) => collection.change(...change),
    remove: (id, write) => collection.remove(id, write),
    prove: (value, signal) => prove(http, value, signal),
  };
}

/** An ordinary token is shown itself alone: such a list is not complete, and what it lacks may live. */
function requireMaster(things: readonly RemoteThing[]): void {
  const isMaster = ({ fields }: RemoteThing): boolean =>
    fields["master"] === true && (fields["current"] === true || things.length === 1);
  if (things.some(isMaster)) return;
  throw new ProviderError(
    "unauthorized",
    "list tokens: the operator works with an ordinary token, and only a master token sees and makes tokens: this needs a master token",
  );
}

async function prove(http: HttpClient, value: Sealed, signal: AbortSignal): Promise<void> {
  const what = "try token";
  const request = { method: "GET", path: "/v1/user", operation: what, lane: "observe" } as const;
  try {
    const user = await http.request({ ...request, bearer: value }, signal);
    if (user === undefined) throw new ProviderError("unavailable", `${what}: nothing was answered`);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    // Not the operator's own token is at fault.
    throw new ProviderError("unavailable", `the new token was not seen to work: ${error.message}`);
  }
}

function readToken(answer: Answer): RemoteThing {
  const label = answer.required("name");
  const expiresAt = answer.text("expires_at");
  const endsAtMs = Date.parse(expiresAt ?? "");
  const current = answer.boolean("current") ?? false;
  const value = answer.text("token");
  return {
    id: answer.id,
    label,
    // It has no states: what is listed is there.
    state: "active",
    phase: "settled",
    headline: { reason: "Available", message: `its value is in the Secret, until ${expiresAt}` },
    // Were it deleted, nobody could see any more that it is gone.
    usedBy: current ? ["the operator itself"] : [],
    fields: { master: answer.boolean("master"), current },
    status: { label: labelWithoutMarker(label), expiresAt },
    ...(Number.isNaN(endsAtMs) ? {} : { endsAtMs }),
    ...(value === undefined || value === "" ? {} : { once: new Sealed(value) }),
  };
}

function endAfter(expiresAfter: string | undefined, wallClockMs: number | undefined): string {
  const lengthMs = millisecondsOf(expiresAfter);
  if (wallClockMs === undefined) throw new TypeError("a token is made at a time");
  // An API server that knows no rules lets such a spec pass.
  if (lengthMs === undefined)
    throw new ProviderError(
      "invalid",
      "spec names no end of the token: set expiresAfter or expiresAt",
    );
  return new Date(wallClockMs + lengthMs).toISOString();
}

function partOf(lengthMs: number | undefined): number | undefined {
  return lengthMs === undefined ? undefined : lengthMs * RENEWAL_SHARE;
}

/** `720h`, as the schema has it. */
function millisecondsOf(duration: string | undefined): number | undefined {
  if (duration === undefined) return undefined;
  return Number.parseInt(duration, 10) * (UNIT_MS[duration.slice(-1)] ?? Number.NaN);
}
