import type { FailureKind } from "../../core/failure.ts";
import type { Refusal, RefusalReader } from "../response.ts";

/** More mistakes than anybody reads. */
const MAX_ITEMS = 20;

/** A refusal of HPC Park is a status that the contract documents, with a JSON body that carries `detail`. */
export const hpcParkRefusal: RefusalReader = ({ status, body }): Refusal | undefined => {
  const words = detailOf(body);
  return words === undefined ? undefined : { words, kind: kindOf(status, words) };
};

/** Of the documented statuses only; see the contract's transport facts. */
function kindOf(status: number, detail: string): FailureKind | undefined {
  switch (status) {
    case 401:
      return "unauthorized";
    case 402:
      return "quota";
    case 403:
      return /not authenticated|permission|forbidden/i.test(detail) ? "unauthorized" : "quota";
    case 404:
    case 422:
      return "invalid";
    case 409:
      return "conflict";
    case 429:
      return "rate-limited";
    default:
      return undefined;
  }
}

function detailOf(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || !("detail" in body)) return undefined;
  const { detail } = body;
  if (typeof detail === "string") return detail;
  if (!Array.isArray(detail)) return undefined;
  return detail.slice(0, MAX_ITEMS).map(describeItem).join("; ");
}

/** Where in the request, without its first word (`body`). Only what has a form of its own is put together. */
function placeOf(loc: readonly unknown[]): string {
  return loc
    .slice(1)
    .filter((part) => typeof part === "string" || typeof part === "number")
    .join(".");
}

/** One entry of FastAPI's list: where, and what is wrong. */
function describeItem(item: unknown): string {
  if (typeof item !== "object" || item === null) return String(item);
  const loc = "loc" in item && Array.isArray(item.loc) ? placeOf(item.loc) : "";
  const msg = "msg" in item && typeof item.msg === "string" ? item.msg : "is not valid";
  return loc === "" ? msg : `${loc}: ${msg}`;
}
