import type { Exchange } from "../message-proxy.ts";
import type { Bounds, History } from "./history.ts";
import type { Reading } from "./reading.ts";

/** I12: no canary in a log, in an object or in anything that was sent to the API server. */
export function secretsKept(
  { log, revisions, exchanges, reading }: History,
  { canaries }: Pick<Bounds, "canaries">,
): string[] {
  const places = {
    "the log": () => log,
    "an object": () => JSON.stringify(revisions),
    "a request to the API server": () =>
      JSON.stringify(exchanges.filter((exchange) => !isOwnSecret(exchange, reading))),
  };
  return Object.entries(places).flatMap(([place, read]) => {
    const text = read();
    // The text itself stays out of the report.
    return canaries
      .filter((canary) => text.includes(canary))
      .map((canary) => `I12 secrets: a canary of ${canary.length} characters is in ${place}`);
  });
}

const NAMED_SECRET = /^\/api\/v1\/namespaces\/([^/]+)\/secrets\/[^/]+$/;

/** I13: a Secret is read by its name and in the namespace of a resource, never listed, never written. */
export function secretsByName({ revisions, exchanges, reading }: History): string[] {
  const namespaces = new Set(revisions.map(({ object }) => object.metadata.namespace));
  return exchanges
    .filter((exchange) => isAboutSecrets(exchange) && !isOwnSecret(exchange, reading))
    .filter(({ method, path }) => {
      const namespace = NAMED_SECRET.exec(path.split("?")[0] ?? "")?.[1];
      return method !== "GET" || namespace === undefined || !namespaces.has(namespace);
    })
    .map(({ method, path }) => `I13 tenancy: ${method} ${path}`);
}

function isAboutSecrets({ path }: Exchange): boolean {
  return /\/secrets(\/|\?|$)/.test(path);
}

/** The copy that the operator keeps of what opens an account. */
function isOwnSecret(exchange: Exchange, { ownSecrets }: Reading): boolean {
  if (ownSecrets === undefined || !isAboutSecrets(exchange)) return false;
  const [path = ""] = exchange.path.split("?");
  const named = path.slice(path.lastIndexOf("/") + 1);
  if (named !== "secrets") return ownSecrets.test(named);
  const { metadata = {} }: { metadata?: { name?: string } } = JSON.parse(exchange.body || "{}");
  return ownSecrets.test(metadata.name ?? "");
}
