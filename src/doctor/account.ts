import { ProviderError } from "../provider/errors.ts";
import type { ContractDifference } from "../provider/hpc-park/contract-differences.ts";
import type { Inspection, LimitFacts, TokenFacts } from "../provider/hpc-park/inspection.ts";
import { cleanWords } from "../provider/words.ts";
import { fault, type Finding, note, ok, warning } from "./finding.ts";

export interface AccountToCheck {
  /** How findings name it. */
  readonly name: string;
  readonly url: string;
  /** Where the URL is to be put, for advice. */
  readonly urlPlace: string;
  /** The token would travel without TLS to another machine. */
  readonly isOpen: boolean;
  /** Where its token is to be put, for advice. */
  readonly tokenPlace: string | undefined;
  readonly inspect: () => Promise<Inspection>;
  /** Wall clock, in milliseconds since 1970. */
  readonly nowMs: number;
}

const DAY_MS = 86_400_000;
/** Long enough to make another token at ease. */
const EXPIRES_SOON_DAYS = 14;

/** Whether a server answers, takes the token, has room, and describes itself as it is needed. */
export async function checkAccount(account: AccountToCheck): Promise<readonly Finding[]> {
  const { name, url, urlPlace, isOpen, tokenPlace, nowMs } = account;
  const findings = isOpen
    ? [
        warning(
          name,
          `${url} is not protected: whoever is on the way reads the token`,
          `put an https URL into ${urlPlace}`,
        ),
      ]
    : [];
  if (tokenPlace === undefined)
    return [
      ...findings,
      fault(
        name,
        "no token is given",
        "make a token in the HPC Park panel, put it into a file, and name that in HPC_PARK_TOKEN_FILE",
      ),
    ];
  const { description, token, limits } = await account.inspect();
  if (description instanceof ProviderError && token === undefined && limits === undefined)
    return [...findings, unanswered(account, tokenPlace, description)];
  return [
    ...findings,
    ok(name, `${url} answers`),
    ...tokenFindings(name, tokenPlace, token, nowMs),
    ...limitFindings(name, limits),
    ...(description instanceof ProviderError
      ? [
          warning(
            name,
            description.message,
            `see whether ${urlPlace} is the address of the HPC Park API`,
          ),
        ]
      : differenceFindings(name, description.differences)),
  ];
}

/** Nothing of the account could be asked: no token to ask with, or nobody who answers. */
function unanswered(
  { name, url, urlPlace }: AccountToCheck,
  tokenPlace: string,
  { kind, message }: ProviderError,
): Finding {
  if (kind === "unauthorized")
    return fault(name, message, `put one valid token, and nothing else, into ${tokenPlace}`);
  const fix = message.includes("certificate")
    ? "name the authority that signed the certificate in HPC_PARK_CA_FILE, if you trust it"
    : `check ${urlPlace}, and that this machine reaches ${new URL(url).host}`;
  return fault(name, message, fix);
}

function tokenFindings(
  name: string,
  place: string,
  token: Inspection["token"],
  nowMs: number,
): Finding[] {
  if (token === undefined) return [note(name, "nothing is said of the token")];
  if (token instanceof ProviderError) {
    const fix = `make a new token in the HPC Park panel and put it into ${place}`;
    return token.kind === "unauthorized"
      ? [fault(name, `the token is refused: ${token.message}`, fix)]
      : [warning(name, token.message, "try again; where that goes on, ask HPC Park")];
  }
  return [kindOf(name, token), expiryOf(name, place, token, nowMs)];
}

function kindOf(about: string, { name, isMaster }: TokenFacts): Finding {
  const called = name === undefined ? "" : ` "${cleanWords(name)}"`;
  return isMaster
    ? note(about, `the token${called} is valid; a master token, though an ordinary one is enough`)
    : ok(about, `the token${called} is valid, an ordinary one`);
}

function expiryOf(
  name: string,
  place: string,
  { expiresAtMs }: TokenFacts,
  nowMs: number,
): Finding {
  if (expiresAtMs === undefined) return note(name, "nothing is said of when the token expires");
  const days = Math.floor((expiresAtMs - nowMs) / DAY_MS);
  const date = new Date(expiresAtMs).toISOString().slice(0, 10);
  if (days >= EXPIRES_SOON_DAYS) return ok(name, `the token is valid until ${date}`);
  return warning(
    name,
    `the token expires on ${date}, in ${Math.max(days, 0)} days`,
    `make a new token in the HPC Park panel and put it into ${place}; no restart is needed`,
  );
}

function limitFindings(name: string, limits: Inspection["limits"]): Finding[] {
  if (limits === undefined) return [note(name, "nothing is said of limits")];
  if (limits instanceof ProviderError)
    return [warning(name, limits.message, "try again; where that goes on, ask HPC Park")];
  const isFull = ({ used, limit }: LimitFacts): boolean => limit !== null && used >= limit;
  const full = limits
    .filter(isFull)
    .map(({ resource, used, limit }) =>
      warning(
        name,
        `the limit of ${cleanWords(resource)} is reached: ${used} of ${limit}`,
        "free some of it, or have HPC Park raise the limit",
      ),
    );
  return full.length > 0 ? full : [ok(name, `no limit is reached (${limits.length} are known)`)];
}

function differenceFindings(name: string, differences: readonly ContractDifference[]): Finding[] {
  if (differences.length === 0) return [ok(name, "HPC Park describes its API as it is needed")];
  return differences.map(({ operation, what, severity }) => {
    const says = `${operation} ${what}`;
    switch (severity) {
      case "required changed":
        return fault(
          name,
          `${says}: nothing is created or changed`,
          "look for a newer version of the operator, or ask HPC Park what has changed",
        );
      case "optional section missing":
        return warning(name, says, "have HPC Park open that section, or do without it");
      case "note":
        return note(name, says);
    }
  });
}
