import type { Kept } from "../core/kept.ts";
import type { RemoteThing } from "../core/observation.ts";
import type { Obstacle } from "../core/situation.ts";
import { type KubeClient, SECRETS } from "../kube/client.ts";
import { KubeError } from "../kube/errors.ts";
import type { KubeObject } from "../kube/kube-object.ts";
import { ProviderError } from "../provider/errors.ts";
import { fingerprintOf } from "../provider/fingerprint.ts";
import { cleanWords } from "../provider/words.ts";
import type { ActContext } from "./act-context.ts";
import type { KindRuntime } from "./kind-runtime.ts";
import { type ManagedObject, namespaceOf } from "./managed-object.ts";
import { connectionOf } from "./account-choice.ts";

interface Secret extends KubeObject {
  readonly metadata: KubeObject["metadata"] & {
    readonly ownerReferences?: readonly {
      readonly uid: string;
      readonly [field: string]: unknown;
    }[];
  };
  readonly data?: Readonly<Record<string, string>>;
}

/** Where the value of a thing is kept, as it was read. */
export interface Keepsake {
  readonly kept: Kept;
  /** Our own Secret; undefined where there is none yet. */
  readonly secret?: Secret;
  /** The name is taken by a Secret that is not ours. */
  readonly obstacle?: Obstacle;
}

export interface KeepContext {
  readonly object: ManagedObject;
  readonly runtime: KindRuntime;
  readonly client: KubeClient;
  readonly wallClock: () => Date;
  readonly signal: AbortSignal;
}

/** Undefined for kinds without such values. A quorum read by name: no cache, no list. */
export async function readKeepsake(context: KeepContext): Promise<Keepsake | undefined> {
  const { object, runtime, wallClock } = context;
  const { keeps } = runtime.port;
  if (keeps === undefined) return undefined;
  const { name, key, path } = keeps.secret(object.spec);
  const basis = {
    renewBeforeMs: keeps.renewBeforeMs(object.spec),
    wallClockMs: wallClock().getTime(),
  };
  const secret = await findSecret(name, context);
  if (secret === undefined) return { kept: basis };
  const isOurs = secret.metadata.ownerReferences?.some(({ uid }) => uid === object.metadata.uid);
  if (isOurs !== true) {
    const message = `Secret "${name}", named in ${path}, exists and is not of this resource, so it is left as it is; delete it, or delete this resource and apply it with another name there`;
    return { kept: basis, obstacle: { reason: "SecretTaken", message, isStalled: true } };
  }
  return { kept: { ...basis, id: idHeldBy(secret, key, runtime) }, secret };
}

/**
 * Keeps the value of a thing that was just made. The Secret is written as it was read before the thing was made: where somebody else has
 * written it since, that is a conflict, and the thing goes at the next look. What replaces another is seen to work first.
 */
export async function keep(thing: RemoteThing, context: ActContext): Promise<void> {
  const { object, runtime, client, keepsake, observation, signal } = context;
  const { keeps } = runtime.port;
  if (keeps === undefined) return;
  const { once: value } = thing;
  if (value === undefined)
    throw new ProviderError("unknown-outcome", `${thing.id} was made without its value`);
  if ((observation?.marked.length ?? 0) > 0)
    await connectionOf(context).remote.prove?.(value, signal);
  const { name, key } = keeps.secret(object.spec);
  const body = secretBody(thing.id, value.open(), { name, key }, context);
  const namespace = namespaceOf(object);
  try {
    await (keepsake?.secret === undefined
      ? client.create(SECRETS, namespace, body, signal)
      : client.update(SECRETS, namespace, name, body, signal));
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    // A webhook may repeat what it was sent.
    throw new KubeError(error.kind, cleanWords(error.message, value.open()));
  }
}

/** Whose value the Secret holds: what it says, if the value is still the one that was written with it. */
function idHeldBy(
  { metadata, data }: Secret,
  key: string,
  { keys }: KindRuntime,
): string | undefined {
  const [id, fingerprint] = metadata.annotations?.[keys.holds]?.split(" ") ?? [];
  const value = Buffer.from(data?.[key] ?? "", "base64").toString("utf8");
  return value !== "" && fingerprintOf(value) === fingerprint ? id : undefined;
}

function secretBody(
  id: string,
  value: string,
  { name, key }: { readonly name: string; readonly key: string },
  { object, runtime, keepsake }: ActContext,
): object {
  const { group, version, kind } = runtime.port;
  const owner = { apiVersion: `${group}/${version}`, kind, name: object.metadata.name };
  const before = keepsake?.secret;
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "Opaque",
    ...before,
    metadata: {
      ownerReferences: [{ ...owner, uid: object.metadata.uid, controller: true }],
      ...before?.metadata,
      name,
      annotations: {
        ...before?.metadata.annotations,
        [runtime.keys.holds]: `${id} ${fingerprintOf(value)}`,
      },
    },
    data: { ...before?.data, [key]: Buffer.from(value).toString("base64") },
  };
}

async function findSecret(
  name: string,
  { object, client, signal }: KeepContext,
): Promise<Secret | undefined> {
  try {
    return await client.get<Secret>(SECRETS, namespaceOf(object), name, signal);
  } catch (error) {
    if (error instanceof KubeError && error.kind === "not-found") return undefined;
    throw error;
  }
}
