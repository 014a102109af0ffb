import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { FaultAnswer, sendFault } from "../simulator/fault-answer.ts";
import { CONTROL_PREFIX } from "../simulator/control-routes.ts";
import type { Panel } from "./panel.ts";
import { invalid, Refusal } from "./refusal.ts";

/** What the proxy in front of a panel that is still coming up shows, whatever is asked. */
const STARTING_UP_PAGE = "404 page not found\nThe server is starting up, try again later\n";

export function startingUpAnswer(): FaultAnswer {
  return new FaultAnswer(404, STARTING_UP_PAGE);
}

export async function answerError(
  error: FastifyError,
  reply: FastifyReply,
  panel: Panel,
): Promise<void> {
  if (error instanceof FaultAnswer) {
    await sendFault(error, reply);
    return;
  }
  const refusal = asRefusal(error);
  await reply.code(refusal.http).send(errorBody(panel, refusal));
}

export function errorBody({ settings }: Panel, refusal: Refusal): unknown {
  const data = refusal.data(settings.language);
  return settings.errorEnvelope ? { error: data } : data;
}

/** A path or verb that the panel does not know looks like a bad token, but for its words. */
export async function answerUnknownPath(
  request: FastifyRequest,
  reply: FastifyReply,
  panel: Panel,
): Promise<void> {
  const [path = ""] = request.url.split("?", 1);
  const message = `Handler of HTTP request ${request.method} ${path} not found`;
  if (path.startsWith(CONTROL_PREFIX) || panel.settings.unknownPathAs === "json") {
    throw new Refusal("UNAUTHENTICATED", { ru: message, en: message });
  }
  await reply.code(401).type("text/plain; charset=utf-8").send(message);
}

type Finding = Pick<NonNullable<FastifyError["validation"]>[number], "instancePath" | "message">;

/** What is wrong with a body. */
export function refusalOf(findings: readonly Finding[]): Refusal {
  const details = findings
    .map(({ instancePath, message }) => `${instancePath === "" ? "body" : instancePath} ${message}`)
    .join("; ");
  return invalid({ ru: "Некорректный запрос", en: "The request is not valid" }, details);
}

function asRefusal(error: FastifyError): Refusal {
  if (error instanceof Refusal) return error;
  if (error.validation !== undefined) return refusalOf(error.validation);
  const status = error.statusCode ?? 500;
  if (status < 500) return invalid({ ru: "Некорректный запрос", en: "The request is not valid" });
  return new Refusal("INTERNAL", { ru: "Внутренняя ошибка сервера", en: "Internal server error" });
}
