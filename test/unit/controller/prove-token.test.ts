import { describe, expect, it } from "vitest";
import { proveToken } from "../../../src/controller/prove-token.ts";
import type { FailureKind } from "../../../src/core/failure.ts";
import type { AccountPort } from "../../../src/provider/account-port.ts";
import { ProviderError } from "../../../src/provider/errors.ts";
import { Lanes } from "../../../src/provider/lanes.ts";

const { signal } = new AbortController();

/** What is made of a token when asking whose it is fails so. */
async function proofAfter(kind: FailureKind, message: string): ReturnType<typeof proveToken> {
  const open = (): object => ({
    facts: () => Promise.reject(new ProviderError(kind, message)),
    close: () => undefined,
  });
  // Only these are asked for.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const port = { credentialCalled: "client", open } as unknown as AccountPort;
  const lanes = new Lanes({
    requestsPerSecond: 10,
    concurrency: 1,
    patienceMs: 1,
    now: () => 0,
    random: () => 0,
  });
  const server = "https://panel.example";
  const proving = { port, server, lanes, signal, isRefused: false, acknowledged: undefined };
  try {
    return await proveToken("id:secret-value", proving, undefined);
  } finally {
    lanes.close();
  }
}

describe("a token that nobody can be asked about", () => {
  it("for lack of a right is for a person to mend, and still in use", async () => {
    expect(await proofAfter("forbidden", "get user: no right (403)")).toEqual({
      is: "open",
      obstacle: {
        reason: "Forbidden",
        message:
          "get user: no right (403); have the user of the client given the right to do that, or put a client of another user into the Secret",
        isStalled: true,
      },
    });
  });

  it.each<[FailureKind, string]>([
    ["unavailable", "Unreachable"],
    ["rate-limited", "RateLimited"],
  ])("as it is %s is asked about again: %s", async (kind, reason) => {
    expect(await proofAfter(kind, "get user: later")).toMatchObject({
      is: "open",
      obstacle: { reason, message: "get user: later; trying again", isStalled: false },
    });
  });

  it("is worth nothing where the server refuses it, and never told", async () => {
    const proof = await proofAfter("unauthorized", "get user: no id:secret-value here");
    expect(proof).toMatchObject({ is: "refused", obstacle: { reason: "Unauthorized" } });
    expect(JSON.stringify(proof)).not.toContain("secret-value");
  });
});
