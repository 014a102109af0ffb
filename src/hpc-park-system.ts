import { HPC_PARK_GROUP, metadataKeys } from "./api/metadata.ts";
import type { Config } from "./config.ts";
import { HPC_PARK } from "./config-options.ts";
import { Manager } from "./controller/manager.ts";
import { type HpcAccountPortOptions, hpcAccountPort } from "./provider/hpc-park/account-port.ts";
import { HpcParkAccount } from "./provider/hpc-park/account.ts";
import type { ContractTiming } from "./provider/hpc-park/contract-watch.ts";
import { instanceKind } from "./provider/hpc-park/instance.ts";
import { namespaceKind } from "./provider/hpc-park/namespace.ts";
import { storageKind } from "./provider/hpc-park/storage.ts";
import { tokenKind } from "./provider/hpc-park/token.ts";
import type { KindPort, ManagedSpec } from "./provider/port.ts";
import { fixedToken, tokenFromFile } from "./provider/token-source.ts";
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
import { Telling } from "./telling.ts";

/** The kinds that live in an account of HPC Park. */
export const KINDS: readonly KindPort<ManagedSpec>[] = [
  instanceKind,
  storageKind,
  namespaceKind,
  tokenKind,
];

/** A service's description of itself changes with its releases. */
const CONTRACT_AGAIN_MS = 3_600_000;
/** While something is switched off because of it, people wait for it to be mended. */
const CONTRACT_HALTED_TICKS = 10;

/**
 * What every account is opened with, whose ever it is.
 *
 * @param guard Throws where this process may not write any more.
 * @param onConsequences What a service says of itself means something else than before for what is in it.
 */
export function accountOptions(
  { config, logger, metrics, tracing, signal }: Surroundings,
  guard: () => void,
  onConsequences: () => void,
): HpcAccountPortOptions {
  const provider = HPC_PARK;
  return {
    timeoutMs: config.requestTimeoutMs,
    requestsPerSecond: config.hpcParkRequestsPerSecond,
    userAgent: COMPONENT,
    ca: config.hpcParkCa,
    caOption: "HPC_PARK_CA_FILE",
    guard,
    ...requestHooks({ metrics, tracing }, HPC_PARK),
    onDescription: (description, server) =>
      new Telling(logger, metrics).tellDescription({ provider, server }, description),
    onConsequences,
    onNoDescription: (error) =>
      logger.warn({ err: error }, "HPC Park's description of itself cannot be read"),
    contractTiming: contractTimingOf(config),
    billingIntervalMs: config.billingIntervalMs,
    now,
    wallClock: () => new Date(),
    random: Math.random,
    signal,
  };
}

/** The operator's own account. */
export function createAccount(
  { config, logger }: Pick<Surroundings, "config" | "logger">,
  options: HpcAccountPortOptions,
): HpcParkAccount {
  const { hpcParkToken = "", hpcParkTokenFile, hpcParkUrl: url } = config;
  if (isReadableOnTheWay(url))
    logger.warn(
      { url },
      "the token travels without TLS, so anybody on the way can read it; use an https URL",
    );
  const token =
    hpcParkTokenFile === undefined
      ? fixedToken(hpcParkToken)
      : tokenFromFile(hpcParkTokenFile, now);
  return new HpcParkAccount({ ...options, url, token });
}

function contractTimingOf({ pollIntervalMs }: Config): ContractTiming {
  return {
    againMs: CONTRACT_AGAIN_MS,
    haltedMs: CONTRACT_HALTED_TICKS * pollIntervalMs,
    afterFailureMs: pollIntervalMs,
  };
}

/** HPC Park at work: the operator's own account, and the HpcAccounts of the cluster. */
export function hpcParkSystem(surroundings: Surroundings, hooks: SystemHooks): System {
  const { config } = surroundings;
  const options = accountOptions(surroundings, hooks.guard, hooks.reconsider);
  const account = createAccount(surroundings, options);
  const remotes = account.remotes();
  return {
    provider: HPC_PARK,
    own: account,
    manage: (cluster) =>
      new Manager({
        ...managerOptions(surroundings, cluster, HPC_PARK),
        kinds: KINDS.flatMap((port) => {
          const remote = remotes.get(port.kind);
          return remote === undefined ? [] : [{ port, remote }];
        }),
        accountPort: hpcAccountPort(options),
        ownUrl: config.hpcParkUrl,
        allowedUrls: [config.hpcParkUrl, ...config.allowedUrls],
        keys: metadataKeys(HPC_PARK_GROUP),
      }),
  };
}
