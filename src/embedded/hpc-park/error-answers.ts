import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { FaultAnswer, sendFault } from "../simulator/fault-answer.ts";
import type { Edition } from "./edition.ts";
import { type Mistake, notFound, Refusal } from "./refusal.ts";

const PARTS: Readonly<Record<string, string>> = { params: "path", querystring: "query" };
const TYPES: Readonly<Record<string, string>> = {
  required: "missing",
  enum: "enum",
  minimum: "greater_than_equal",
  minLength: "string_too_short",
  maxLength: "string_too_long",
};
/** Statuses of Fastify's own that the service words as a body that does not validate. */
const UNREADABLE = new Set([400, 415]);

export async function answerError(error: FastifyError, reply: FastifyReply): Promise<void> {
  if (error instanceof FaultAnswer) {
    await sendFault(error, reply);
    return;
  }
  const refusal = asRefusal(error);
  await reply.code(refusal.status).headers(refusal.headers).send({ detail: refusal.detail });
}

/** Wrong slash at the end: 307 to the right path. Right path, wrong method: 405. Otherwise 404. */
export async function answerUnknownPath(
  request: FastifyRequest,
  reply: FastifyReply,
  { methodsOf }: Edition,
): Promise<void> {
  const [path = "", query] = request.url.split("?", 2);
  const other = path.endsWith("/") ? path.slice(0, -1) : `${path}/`;
  if (methodsOf(path).length > 0) {
    throw new Refusal(405, "Method Not Allowed");
  }
  if (methodsOf(other).length === 0) throw notFound();
  const search = query === undefined ? "" : `?${query}`;
  await reply.code(307).header("location", `http://${request.host}${other}${search}`).send();
}

function asRefusal(error: FastifyError): Refusal {
  if (error instanceof Refusal) return error;
  if (error.validation !== undefined) {
    return refusalOf(error.validation, error.validationContext ?? "body");
  }
  const status = error.statusCode ?? 500;
  if (UNREADABLE.has(status)) {
    return new Refusal(422, [{ loc: ["body"], msg: error.message, type: "json_invalid" }]);
  }
  return new Refusal(status, status < 500 ? error.message : "Internal Server Error");
}

type Finding = Pick<
  NonNullable<FastifyError["validation"]>[number],
  "instancePath" | "keyword" | "params" | "message"
>;

/** What is wrong with a part of a request, as the service words it. */
export function refusalOf(findings: readonly Finding[], part: string): Refusal {
  return new Refusal(
    422,
    findings.map((finding) => mistakeOf(finding, PARTS[part] ?? part)),
  );
}

function mistakeOf({ instancePath, keyword, params, message }: Finding, part: string): Mistake {
  const steps = instancePath.split("/").slice(1);
  const loc = [part, ...steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step))];
  const missing = params["missingProperty"];
  if (keyword === "required" && typeof missing === "string") {
    return { loc: [...loc, missing], msg: "Field required", type: "missing" };
  }
  if (keyword === "type") {
    const wanted = typeof params["type"] === "string" ? params["type"] : "object";
    return { loc, msg: `Input should be a valid ${wanted}`, type: `${wanted}_type` };
  }
  if (keyword === "enum" && Array.isArray(params["allowedValues"])) {
    const allowed = params["allowedValues"].map((value) => `'${value}'`).join(", ");
    return { loc, msg: `Input should be one of ${allowed}`, type: "enum" };
  }
  return { loc, msg: message ?? "Input is not valid", type: TYPES[keyword] ?? "value_error" };
}
