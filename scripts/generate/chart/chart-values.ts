import { type TSchema, Type } from "typebox";
import { chartOptions } from "./chart-options.ts";
import { POD_VALUES } from "./pod-values.ts";

const closed = { additionalProperties: false };

/** A group of values: every one of them is in values.yaml, so none may be missing or unknown. */
function group<Fields extends Record<string, TSchema>>(fields: Fields) {
  return Type.Object(fields, closed);
}

function enabled(standard: boolean, description: string) {
  return group({ enabled: Type.Boolean({ default: standard, description }) });
}

function labels(description: string) {
  return Type.Record(Type.String(), Type.String(), { default: {}, description });
}

/** Whether an option is text or a number makes no difference to an environment variable. */
const options = Object.fromEntries(
  chartOptions().map(({ variable, says }) => [
    variable,
    Type.Optional(Type.Unsafe({ type: ["string", "number", "boolean"], description: says })),
  ]),
);

/** The one table of the chart's values: name, type, default and sentence. values.yaml, its schema and the README come from it. */
export const CHART_VALUES = group({
  image: group({
    repository: Type.String({
      default: "hpc-park-operator",
      minLength: 1,
      description: "Where the image is, without tag and digest.",
    }),
    tag: Type.String({ default: "", description: "The tag; empty is the version of the chart." }),
    digest: Type.String({
      default: "",
      pattern: "^(sha256:[0-9a-f]{64})?$",
      description: "The digest, as in `sha256:…`; it goes before the tag.",
    }),
    pullPolicy: Type.Enum(["", "Always", "IfNotPresent", "Never"], {
      default: "",
      description: "When the image is pulled; empty leaves that to Kubernetes.",
    }),
  }),
  imagePullSecrets: Type.Array(group({ name: Type.String({ minLength: 1 }) }), {
    default: [],
    description: "Secrets of the registry, as in `[{name: registry}]`.",
  }),
  replicas: Type.Integer({
    default: 2,
    minimum: 0,
    description: "How many pods there are. One works, the others take over from it.",
  }),
  options: Type.Object(options, {
    ...closed,
    default: {},
    description:
      "Options of the operator by their environment variables, as in `{PROVIDERS: element}`. The README of the chart lists them.",
  }),
  token: group({
    existingSecret: Type.String({
      default: "hpc-park-token",
      minLength: 1,
      description:
        "The Secret with the token of HPC Park. It may be missing where only Element panels are looked after (`PROVIDERS: element`).",
    }),
    key: Type.String({
      default: "token",
      minLength: 1,
      description: "Under which key of that Secret the token is.",
    }),
  }),
  watchNamespaces: Type.Array(
    Type.String({ pattern: "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$", maxLength: 63 }),
    {
      default: [],
      uniqueItems: true,
      description:
        "Namespaces to work in, with a Role in each and no ClusterRole; ownerId must be set then. Empty is the whole cluster.",
    },
  ),
  ownerId: Type.String({
    default: "",
    description:
      "Who owns what is created; no two clusters may have the same. Empty is the UID of the namespace kube-system.",
  }),
  crds: group({
    install: Type.Boolean({
      default: true,
      description:
        "Whether the CRDs come with the chart, and are upgraded with it. They and all resources outlive its removal.",
    }),
  }),
  rbac: group({
    create: Type.Boolean({ default: true, description: "Whether roles and bindings are made." }),
  }),
  serviceAccount: group({
    create: Type.Boolean({ default: true, description: "Whether the ServiceAccount is made." }),
    name: Type.String({
      default: "",
      description:
        "Its name; empty is the release's full name, and must not be where none is made.",
    }),
    annotations: labels("Its annotations."),
  }),
  ...POD_VALUES,
  podDisruptionBudget: enabled(true, "Whether at most one pod may be taken away at a time."),
  networkPolicy: group({
    enabled: Type.Boolean({
      default: true,
      description: "Whether the pods may reach DNS, and the ports 443 and 6443, and nothing else.",
    }),
    extraEgress: Type.Array(Type.Object({}), {
      default: [],
      description: "More egress rules, such as one for a panel on another port.",
    }),
  }),
  serviceMonitor: group({
    enabled: Type.Boolean({ default: false, description: "Whether a ServiceMonitor is made." }),
    interval: Type.String({
      default: "30s",
      pattern: "^([0-9]+(ms|s|m|h))+$",
      description: "How often Prometheus asks.",
    }),
    labels: labels("Its labels, such as those that your Prometheus selects by."),
  }),
  prometheusRule: group({
    enabled: Type.Boolean({ default: false, description: "Whether the alert rules are made." }),
    labels: labels("Their labels, such as those that your Prometheus selects by."),
  }),
  deletionProtectionPolicy: enabled(
    false,
    "Whether the API server refuses to delete a resource with `spec.deletionProtection: true`; from Kubernetes 1.30 on.",
  ),
});
