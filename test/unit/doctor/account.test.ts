import { describe, expect, it } from "vitest";
import { checkAccount } from "../../../src/doctor/account.ts";
import type { Verdict } from "../../../src/doctor/finding.ts";
import { ProviderError } from "../../../src/provider/errors.ts";
import type { Inspection } from "../../../src/provider/hpc-park/inspection.ts";
import { AS_DOCUMENTED } from "../../../src/provider/hpc-park/live-description.ts";

const NOW_MS = Date.parse("2026-11-23T12:00:00Z");
const DAY_MS = 86_400_000;
const TOKEN = { name: "ci", isMaster: false, expiresAtMs: NOW_MS + 300 * DAY_MS };
const WELL: Inspection = {
  description: AS_DOCUMENTED,
  token: TOKEN,
  limits: [{ resource: "instance", used: 1, limit: 10 }],
};

function check(inspection: Partial<Inspection>, account: object = {}) {
  return checkAccount({
    name: "account",
    url: "https://park.example",
    urlPlace: "HPC_PARK_URL",
    isOpen: false,
    tokenPlace: "/run/token",
    inspect: async () => ({ ...WELL, ...inspection }),
    nowMs: NOW_MS,
    ...account,
  });
}

const refused = new ProviderError("unauthorized", "list tokens: Token has expired (401)", {
  status: 401,
});

interface Row {
  readonly what: string;
  readonly given: Partial<Inspection>;
  readonly account?: object;
  readonly expected: readonly [Verdict, says: RegExp, fix: RegExp];
}

const ROWS: readonly Row[] = [
  {
    what: "no token",
    given: {},
    account: { tokenPlace: undefined },
    expected: ["fault", /no token is given/, /HPC_PARK_TOKEN_FILE/],
  },
  {
    what: "a token that no request can carry",
    given: {
      description: new ProviderError("unauthorized", "the token in /run/token is empty"),
      token: undefined,
      limits: undefined,
    },
    expected: ["fault", /is empty/, /into \/run\/token/],
  },
  {
    what: "nobody who answers",
    given: {
      description: new ProviderError("unavailable", "read description: connection refused"),
      token: undefined,
      limits: undefined,
    },
    expected: ["fault", /connection refused/, /HPC_PARK_URL.*park\.example/],
  },
  {
    what: "a certificate of nobody",
    given: {
      description: new ProviderError("unavailable", "its certificate is not trusted (X)"),
      token: undefined,
      limits: undefined,
    },
    expected: ["fault", /certificate/, /HPC_PARK_CA_FILE/],
  },
  {
    what: "a token that is refused",
    given: { token: refused, limits: undefined },
    expected: ["fault", /refused: .*expired/, /new token.*\/run\/token/],
  },
  {
    what: "a token that expires soon",
    given: { token: { ...TOKEN, expiresAtMs: NOW_MS + 3 * DAY_MS } },
    expected: ["warning", /2026-11-26, in 3 days/, /new token/],
  },
  {
    what: "a limit that is reached",
    given: { limits: [{ resource: "gpu:A100", used: 8, limit: 8 }] },
    expected: ["warning", /gpu:A100 is reached: 8 of 8/, /raise/],
  },
  {
    what: "a request that has changed",
    given: {
      description: {
        ...AS_DOCUMENTED,
        differences: [
          { operation: "POST /v1/x", what: "is missing", severity: "required changed" },
        ],
      },
    },
    expected: ["fault", /POST \/v1\/x is missing/, /newer version/],
  },
  {
    what: "a section that is missing",
    given: {
      description: {
        ...AS_DOCUMENTED,
        differences: [
          { operation: "GET /v1/x", what: "is missing: x", severity: "optional section missing" },
        ],
      },
    },
    expected: ["warning", /GET \/v1\/x/, /open that section/],
  },
  {
    what: "another service",
    given: { description: new ProviderError("unavailable", "no HPC Park", { status: 200 }) },
    expected: ["warning", /no HPC Park/, /HPC_PARK_URL/],
  },
  {
    what: "a token on the open road",
    given: {},
    account: { isOpen: true },
    expected: ["warning", /not protected/, /https/],
  },
];

describe("checkAccount", () => {
  it.each(ROWS)("finds $what", async ({ given, account, expected: [verdict, says, fix] }) => {
    const found = (await check(given, account)).filter((one) => one.fix !== undefined);
    expect(found).toEqual([
      {
        about: "account",
        verdict,
        says: expect.stringMatching(says),
        fix: expect.stringMatching(fix),
      },
    ]);
  });

  it("has nothing to say against an account that is well", async () => {
    const verdicts = (await check({})).map(({ verdict }) => verdict);
    expect(new Set(verdicts)).toEqual(new Set(["ok"]));
  });

  it("takes a limit that is none for none", async () => {
    const limits = [{ resource: "instance", used: 9, limit: null }];
    const found = await check({ limits });
    expect(found.filter(({ fix }) => fix !== undefined)).toEqual([]);
  });

  it("says which kind of token it is", async () => {
    const says = (await check({ token: { ...TOKEN, isMaster: true } })).map((one) => one.says);
    expect(says.join("\n")).toMatch(/"ci" is valid; a master token/);
  });
});
