import type { Instance } from "./instance.ts";
import { stateOf } from "./life.ts";
import type { Park } from "./park.ts";

const HOSTS = 3;
const SSH_PORT = 22;
const WEB_PORT = 8888;
const FIRST_EXTERNAL_PORT = 20_000;
/** External ports are shared out by id and come round again below 65536. */
const PORT_PAIRS = 20_000;

/** The contract's Instance. */
export function instanceView(park: Park, instance: Instance): Record<string, unknown> {
  const state = stateOf(instance.life, park.clock.now());
  const hasHost = state !== "creating";
  return {
    id: instance.id,
    label: instance.label,
    container_type: instance.containerType,
    namespace_id: instance.namespaceId,
    gpu_type: instance.gpuType,
    gpu_count: instance.gpuCount,
    storage_ids: instance.storageIds,
    ssh_support: instance.sshSupport,
    tariff_type: instance.tariffType,
    state,
    error: instance.life.error ?? null,
    host: hasHost ? `p${(instance.id % HOSTS) + 1}.msk-1.hpc-park.ru` : null,
    ports: hasHost ? portsOf(instance) : [],
    created_at: instance.createdAt,
  };
}

function portsOf({ id, sshSupport }: Instance): unknown[] {
  const first = FIRST_EXTERNAL_PORT + (id % PORT_PAIRS) * 2;
  const web = { internal: WEB_PORT, external: first, protocol: "tcp" };
  return sshSupport ? [{ internal: SSH_PORT, external: first + 1, protocol: "tcp" }, web] : [web];
}
