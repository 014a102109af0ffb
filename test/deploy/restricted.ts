/** What the check reads of a pod. */
interface Pod {
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly securityContext?: Context;
  readonly volumes?: readonly Readonly<Record<string, unknown>>[];
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
}

interface Context {
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly seccompProfile?: { readonly type?: string };
  readonly sysctls?: readonly unknown[];
}

interface Container {
  readonly name: string;
  readonly ports?: readonly { readonly hostPort?: number }[];
  readonly securityContext?: Context & {
    readonly privileged?: boolean;
    readonly allowPrivilegeEscalation?: boolean;
    readonly procMount?: string;
    readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  };
}

const VOLUMES: ReadonlySet<string> = new Set([
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
]);
const SECCOMP: ReadonlySet<string | undefined> = new Set(["RuntimeDefault", "Localhost"]);

/** Where a pod breaks the profile `restricted` of the Pod Security Standards; for API servers that do not check it themselves. */
export function breaksRestricted(pod: Pod): readonly string[] {
  const containers = [...pod.containers, ...(pod.initContainers ?? [])];
  const volumes = (pod.volumes ?? []).flatMap((volume) =>
    Object.keys(volume).filter((key) => key !== "name" && !VOLUMES.has(key)),
  );
  return [
    ...(pod.hostNetwork || pod.hostPID || pod.hostIPC ? ["host namespaces"] : []),
    ...((pod.securityContext?.sysctls ?? []).length > 0 ? ["sysctls"] : []),
    ...volumes.map((kind) => `volume ${kind}`),
    ...containers.flatMap((container) => faultsOf(container, pod.securityContext ?? {})),
  ];
}

function faultsOf(
  { name, ports = [], securityContext: own = {} }: Container,
  of: Context,
): string[] {
  const { drop = [], add = [] } = own.capabilities ?? {};
  const user = own.runAsUser ?? of.runAsUser;
  const faults = {
    privileged: own.privileged === true,
    "host ports": ports.some(({ hostPort }) => hostPort !== undefined && hostPort !== 0),
    "privilege escalation": own.allowPrivilegeEscalation !== false,
    "may be root": (own.runAsNonRoot ?? of.runAsNonRoot) !== true || user === 0,
    seccomp: !SECCOMP.has((own.seccompProfile ?? of.seccompProfile)?.type),
    "capabilities not dropped": !drop.includes("ALL"),
    "capabilities added": add.some((one) => one !== "NET_BIND_SERVICE"),
    procMount: (own.procMount ?? "Default") !== "Default",
  };
  return Object.entries(faults).flatMap(([what, is]) => (is ? [`${name}: ${what}`] : []));
}
