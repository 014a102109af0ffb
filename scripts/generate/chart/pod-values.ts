import { Type } from "typebox";

const text = { minLength: 1 };
const quantities = Type.Record(Type.String(), Type.Union([Type.String(text), Type.Number()]));

function texts(description: string) {
  return Type.Record(Type.String(), Type.String(), { default: {}, description });
}

/** Values that stand in the pod as they are given. */
export const POD_VALUES = {
  resources: Type.Object(
    { requests: Type.Optional(quantities), limits: Type.Optional(quantities) },
    {
      additionalProperties: false,
      default: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "384Mi" } },
      description: "What a pod asks for, and may take. Ten thousand instances take some 170 MiB.",
    },
  ),
  podAnnotations: texts("Annotations of the pods."),
  podLabels: texts("Labels of the pods, beside those that they are selected by."),
  nodeSelector: texts("Labels of the nodes that the pods may run on."),
  tolerations: Type.Array(
    Type.Object(
      {
        key: Type.Optional(Type.String()),
        operator: Type.Optional(Type.Enum(["Exists", "Equal"])),
        value: Type.Optional(Type.String()),
        effect: Type.Optional(Type.Enum(["NoSchedule", "PreferNoSchedule", "NoExecute"])),
        tolerationSeconds: Type.Optional(Type.Integer()),
      },
      { additionalProperties: false },
    ),
    { default: [], description: "Taints of nodes that the pods put up with." },
  ),
  affinity: Type.Object(
    {
      nodeAffinity: Type.Optional(Type.Object({})),
      podAffinity: Type.Optional(Type.Object({})),
      podAntiAffinity: Type.Optional(Type.Object({})),
    },
    { additionalProperties: false, default: {}, description: "Where the pods shall be." },
  ),
  topologySpreadConstraints: Type.Array(
    Type.Object({
      maxSkew: Type.Integer({ minimum: 1 }),
      topologyKey: Type.String(text),
      whenUnsatisfiable: Type.Enum(["DoNotSchedule", "ScheduleAnyway"]),
    }),
    {
      default: [
        {
          maxSkew: 1,
          topologyKey: "kubernetes.io/hostname",
          whenUnsatisfiable: "ScheduleAnyway",
        },
      ],
      description:
        "How the pods are spread; where a labelSelector is missing, it is that of the pods.",
    },
  ),
  priorityClassName: Type.String({ default: "", description: "The pods' priority class." }),
};
