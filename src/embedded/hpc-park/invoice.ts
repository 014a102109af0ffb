import type { Account } from "./accounts.ts";
import { ok, type Call, type Outcome } from "./outcome.ts";
import type { Park } from "./park.ts";

export const INVOICE_STATUSES = ["issued", "paid", "overdue", "cancelled"] as const;
export type InvoiceStatus = (typeof INVOICE_STATUSES)[number];

/** The service sends none by itself: a person does. */
export interface Invoice {
  readonly id: number;
  readonly userId: number;
  readonly number: string;
  readonly roubles: number;
  status: InvoiceStatus;
  readonly issuedAtMs: number;
  readonly dueAtMs: number;
}

export interface NewInvoice {
  readonly amount: number;
  readonly number?: string;
  readonly status?: InvoiceStatus;
  readonly issued_at?: string;
  readonly due_at?: string;
}

const FIRST_ID = 9_001;
/** A common term of payment. */
const TERM_MS = 14 * 24 * 3_600_000;

export function listInvoices({ park, account }: Call): Outcome {
  return ok(invoiceViews(park, account));
}

export function invoiceViews(park: Park, { user }: Account): unknown[] {
  const mine = park.invoices.filter(({ userId }) => userId === user.id);
  return mine.map((invoice) => invoiceView(park, invoice));
}

export function addInvoice(park: Park, { user }: Account, wanted: NewInvoice): Invoice {
  const { issued_at: issuedAt, due_at: dueAt } = wanted;
  const issuedAtMs = issuedAt === undefined ? park.clock.wall() : Date.parse(issuedAt);
  const id = FIRST_ID + park.invoices.length;
  const invoice = {
    id,
    userId: user.id,
    number: wanted.number ?? `HPC-${id}`,
    roubles: wanted.amount,
    status: wanted.status ?? "issued",
    issuedAtMs,
    dueAtMs: dueAt === undefined ? issuedAtMs + TERM_MS : Date.parse(dueAt),
  };
  park.invoices.push(invoice);
  return invoice;
}

function invoiceView(park: Park, invoice: Invoice): Record<string, unknown> {
  const isOverdue = invoice.status === "issued" && invoice.dueAtMs < park.clock.wall();
  return {
    id: invoice.id,
    number: invoice.number,
    amount: invoice.roubles.toFixed(2),
    currency: park.billingTerms.currency,
    status: isOverdue ? "overdue" : invoice.status,
    issued_at: new Date(invoice.issuedAtMs).toISOString(),
    due_at: new Date(invoice.dueAtMs).toISOString(),
  };
}
