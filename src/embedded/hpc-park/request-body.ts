import type { FastifyRequest } from "fastify";
import type { OperationShape } from "./edition.ts";
import { refusalOf } from "./error-answers.ts";

/** Checks the body of a request against the live contract, and puts its fields under the contract's own names. */
export function checkBody(
  request: Pick<FastifyRequest, "body" | "compileValidationSchema">,
  { body: schema, bodyNames }: OperationShape,
): void {
  if (schema === undefined) return;
  const { body } = request;
  const validate = request.compileValidationSchema(schema, "body");
  if (!validate(body)) throw refusalOf(validate.errors ?? [], "body");
  if (typeof body === "object" && body !== null) rename(body, bodyNames);
}

/** In place. What comes under a name of the contract that is not the live one is dropped, as any unknown field is. */
function rename(body: object, bodyNames: ReadonlyMap<string, string>): void {
  const given = new Map<string, unknown>(Object.entries(body));
  for (const [live, field] of bodyNames) {
    Reflect.deleteProperty(body, live);
    Reflect.deleteProperty(body, field);
  }
  for (const [live, field] of bodyNames) {
    if (given.has(live)) Reflect.set(body, field, given.get(live));
  }
}
