import type { AccountFacts, AccountFigure } from "../account-port.ts";
import { ProviderError } from "../errors.ts";
import type { HttpClient } from "../http.ts";
import { cleanWords } from "../words.ts";
import { Answer } from "../answer.ts";
import { billOf } from "./bill.ts";

/** More than any account has, and what the status has room for. */
const MAX_ENTRIES = 256;

/**
 * Whose the token is, and what the account says of its limits and its money. Only the first is needed: what else cannot be read is left out.
 *
 * @param today The date by which the bill is asked for.
 */
export async function readFacts(
  http: HttpClient,
  today: Date,
  signal: AbortSignal,
): Promise<AccountFacts> {
  const ask = (path: string, operation: string): Promise<unknown> =>
    http.request({ method: "GET", path, operation, lane: "observe" }, signal);
  const user = await ask("/v1/user", "get user");
  const token = currentToken(await ask("/v1/token", "list tokens"));
  const id = user === undefined ? undefined : new Answer(user, "get user").id;
  const [from, to] = [
    today.toISOString().slice(0, 8).concat("01"),
    today.toISOString().slice(0, 10),
  ];
  // Somebody who asks for the bill of a month on its last day may be a day behind; what is newer is in the answer all the same.
  const bill = await optional(() => ask(`/v1/billing?date_from=${from}&date_to=${to}`, "get bill"));
  const limits = listOf(await optional(() => ask("/v1/limit", "list limits")));
  const invoices = listOf(await optional(() => ask("/v1/invoice", "list invoices")));
  const prepaid = listOf(await optional(() => ask("/v1/prepaid", "list prepaid")));
  const money = bill === undefined ? undefined : billOf(new Answer(bill, "get bill"), to);
  return {
    user: id,
    ...tokenFacts(token),
    summary: summaryOf(user, token),
    figures: [
      ...(money?.figures ?? []),
      ...limitFigures(limits),
      ...invoiceFigures(invoices),
      ...prepaidFigures(prepaid),
    ],
    status: {
      user: user === undefined ? undefined : userView(new Answer(user, "get user")),
      token: token === undefined ? undefined : tokenView(token),
      ...money?.status,
      limits: limits?.map(limitView),
      invoices: invoices === undefined ? undefined : invoiceView(invoices),
      prepaid: prepaid?.map(prepaidView),
    },
  };
}

/** A section that cannot be read at present, or does not exist, is not shown; a bad token is a failure of all. */
async function optional(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ProviderError && error.status !== 401) return undefined;
    throw error;
  }
}

function listOf(body: unknown): readonly Answer[] | undefined {
  if (!Array.isArray(body)) return undefined;
  return body
    .filter((item) => typeof item === "object" && item !== null && !Array.isArray(item))
    .slice(0, MAX_ENTRIES)
    .map((item) => new Answer(item, "account"));
}

function currentToken(body: unknown): Answer | undefined {
  const tokens = listOf(body) ?? [];
  return tokens.find((token) => token.boolean("current") === true || tokens.length === 1);
}

function tokenFacts(
  token: Answer | undefined,
): Pick<AccountFacts, "seesEverything" | "expiresAtMs"> {
  const expiresAtMs = Date.parse(token?.text("expires_at") ?? "");
  return {
    seesEverything: token?.boolean("master") ?? false,
    ...(Number.isNaN(expiresAtMs) ? {} : { expiresAtMs }),
  };
}

function summaryOf(user: unknown, token: Answer | undefined): string {
  const whose = user === undefined ? "an unknown user" : `user ${new Answer(user, "get user").id}`;
  if (token === undefined) return `HPC Park takes the token of ${whose}`;
  const kind = token.boolean("master") === true ? "master" : "ordinary";
  return `HPC Park takes the ${kind} token "${cleanWords(token.words("name") ?? "")}" of ${whose}`;
}

function userView(user: Answer): Record<string, unknown> {
  return { id: Number(user.id), name: user.text("company") ?? user.text("email") };
}

function tokenView(token: Answer): Record<string, unknown> {
  return {
    name: token.text("name"),
    kind: token.boolean("master") === true ? "Master" : "Ordinary",
    expiresAt: token.text("expires_at"),
  };
}

function limitView(limit: Answer): Record<string, unknown> {
  return {
    resource: limit.text("resource"),
    used: decimal(limit.number("used")),
    limit: decimal(limit.number("limit")),
  };
}

function limitFigures(limits: readonly Answer[] | undefined): AccountFigure[] {
  return (limits ?? []).flatMap((limit) => {
    const of = limit.text("resource");
    if (of === undefined) return [];
    return (["used", "limit"] as const).flatMap((name) => {
      const value = limit.number(name);
      return value === undefined ? [] : [{ name, of, value }];
    });
  });
}

function invoiceView(invoices: readonly Answer[]): Record<string, number> {
  const count = (status: string): number =>
    invoices.filter((invoice) => invoice.text("status") === status).length;
  const overdue = count("overdue");
  return { open: count("issued") + overdue, overdue };
}

function invoiceFigures(invoices: readonly Answer[] | undefined): AccountFigure[] {
  if (invoices === undefined) return [];
  const { open = 0, overdue = 0 } = invoiceView(invoices);
  return [
    { name: "invoices", of: "open", value: open - overdue },
    { name: "invoices", of: "overdue", value: overdue },
  ];
}

function prepaidFigures(prepaid: readonly Answer[] | undefined): AccountFigure[] {
  return (prepaid ?? []).flatMap((each) => {
    const endMs = Date.parse(each.text("date_to") ?? "");
    const of = String(each.integer("id") ?? "");
    return Number.isNaN(endMs) || of === ""
      ? []
      : [{ name: "prepaid_end", of, value: endMs / 1000 }];
  });
}

function prepaidView(prepaid: Answer): Record<string, unknown> {
  return {
    id: prepaid.integer("id"),
    gpuType: prepaid.text("gpu_type"),
    gpuCount: prepaid.integer("gpu_count"),
    endsOn: prepaid.text("date_to"),
  };
}

function decimal(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
