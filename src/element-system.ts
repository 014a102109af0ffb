import { ELEMENT_GROUP, metadataKeys } from "./api/metadata.ts";
import { ELEMENT } from "./config-options.ts";
import { Manager } from "./controller/manager.ts";
import type { AccountPort } from "./provider/account-port.ts";
import { applicationKind } from "./provider/element/application.ts";
import { elementConsolePort } from "./provider/element/console-port.ts";
import type { KindPort, ManagedSpec } from "./provider/port.ts";
import {
  COMPONENT,
  isReadableOnTheWay,
  managerOptions,
  now,
  requestHooks,
  type Surroundings,
  type System,
  type SystemHooks,
} from "./system.ts";

/** The kinds that live in a control panel. */
const KINDS: readonly KindPort<ManagedSpec>[] = [applicationKind];

/** Element control panels at work: the ElementConsoles of the cluster. The operator has none of its own. */
export function elementSystem(surroundings: Surroundings, hooks: SystemHooks): System {
  const { config, logger } = surroundings;
  for (const url of config.elementAllowedUrls.filter(isReadableOnTheWay))
    logger.warn({ url }, "client secrets travel there without TLS; allow https URLs only");
  const accountPort = consolePort(surroundings, hooks);
  return {
    provider: ELEMENT,
    manage: (cluster) =>
      new Manager({
        ...managerOptions(surroundings, cluster, ELEMENT),
        kinds: KINDS.map((port) => ({ port })),
        accountPort,
        allowedUrls: config.elementAllowedUrls,
        keys: metadataKeys(ELEMENT_GROUP),
      }),
  };
}

/** What every console is opened with. */
export function consolePort(
  { config, metrics, tracing, signal }: Omit<Surroundings, "logger">,
  { guard, reconsider }: SystemHooks,
): AccountPort {
  return elementConsolePort({
    timeoutMs: config.requestTimeoutMs,
    requestsPerSecond: config.elementRequestsPerSecond,
    userAgent: COMPONENT,
    ca: config.elementCa,
    caOption: "ELEMENT_CA_FILE",
    guard,
    ...requestHooks({ metrics, tracing }, ELEMENT),
    onConsequences: reconsider,
    afterFailureMs: config.pollIntervalMs,
    now,
    random: Math.random,
    signal,
  });
}
