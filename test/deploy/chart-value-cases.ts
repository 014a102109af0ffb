import type { ChartCase } from "./chart.ts";

export interface ValueCase extends ChartCase {
  readonly values: Readonly<Record<string, unknown>>;
  /** The objects that come, go or change, and no other does. */
  readonly changes: readonly string[];
  /** From an object's kind down to what is looked at. */
  readonly at: readonly (string | number)[];
  /** What is there then; undefined: nothing. */
  readonly shows: unknown;
}

const SYSTEM = "hpc-park-operator-system";
const NAME = "hpc-park-operator";
const DEPLOYMENT = `Deployment/${SYSTEM}/${NAME}`;
const ACCOUNT = `ServiceAccount/${SYSTEM}/${NAME}`;
const NETWORK = `NetworkPolicy/${SYSTEM}/${NAME}`;
const MONITOR = `ServiceMonitor/${SYSTEM}/${NAME}`;
const RULES = `PrometheusRule/${SYSTEM}/${NAME}`;
const CLUSTER_ROLES = [`ClusterRole/${NAME}`, `ClusterRoleBinding/${NAME}`];
const LEADER_ROLES = [`Role/${SYSTEM}/${NAME}-leader`, `RoleBinding/${SYSTEM}/${NAME}-leader`];
const CRDS = [
  "elementapplications.element.1c.ru",
  "elementconsoles.element.1c.ru",
  "hpcaccounts.hpc-park.ru",
  "hpcinstances.hpc-park.ru",
  "hpcnamespaces.hpc-park.ru",
  "hpcstorages.hpc-park.ru",
  "hpctokens.hpc-park.ru",
].map((name) => `CustomResourceDefinition/${name}`);

const POD = ["Deployment", "spec", "template", "spec"];
const CONTAINER = [...POD, "containers", 0];
const DIGEST = `sha256:${"0a".repeat(32)}`;
const OWNER = { name: "OWNER_ID", value: "prod-1" };

/** Of what stands in the pod as it is given. */
function inPod(value: unknown, name: string, at = [...POD, name]): ValueCase {
  return { values: { [name]: value }, changes: [DEPLOYMENT], at, shows: value };
}

/** For every value of the chart, by its path, what it does and where. */
export const VALUE_CASES: Readonly<Record<string, ValueCase>> = {
  "image.repository": {
    values: { image: { repository: "registry.example:5000/park", tag: "main" } },
    changes: [DEPLOYMENT],
    at: [...CONTAINER, "image"],
    shows: "registry.example:5000/park:main",
  },
  "image.tag": {
    values: { image: { tag: "main" } },
    changes: [DEPLOYMENT],
    at: [...CONTAINER, "image"],
    shows: "hpc-park-operator:main",
  },
  "image.digest": {
    values: { image: { tag: "main", digest: DIGEST } },
    changes: [DEPLOYMENT],
    at: [...CONTAINER, "image"],
    shows: `hpc-park-operator@${DIGEST}`,
  },
  "image.pullPolicy": {
    values: { image: { pullPolicy: "Always" } },
    changes: [DEPLOYMENT],
    at: [...CONTAINER, "imagePullPolicy"],
    shows: "Always",
  },
  imagePullSecrets: inPod([{ name: "registry" }], "imagePullSecrets"),
  replicas: inPod(0, "replicas", ["Deployment", "spec", "replicas"]),
  options: {
    values: {
      options: { PROVIDERS: "element", POLL_INTERVAL_SECONDS: 60, LOG_LEVEL: 'a "b": #c\\' },
    },
    changes: [DEPLOYMENT],
    at: [...CONTAINER, "env"],
    shows: [
      { name: "HPC_PARK_TOKEN_FILE", value: "/run/secrets/hpc-park/token" },
      { name: "LOG_LEVEL", value: 'a "b": #c\\' },
      { name: "POLL_INTERVAL_SECONDS", value: "60" },
      { name: "PROVIDERS", value: "element" },
    ],
  },
  "token.existingSecret": {
    values: { token: { existingSecret: "park" } },
    changes: [DEPLOYMENT],
    at: [...POD, "volumes", 0, "secret", "secretName"],
    shows: "park",
  },
  "token.key": {
    values: { token: { key: "api-key" } },
    changes: [DEPLOYMENT],
    at: [...CONTAINER, "env", 0, "value"],
    shows: "/run/secrets/hpc-park/api-key",
  },
  watchNamespaces: {
    values: { watchNamespaces: ["ml", "research"], ownerId: "prod-1" },
    changes: [
      DEPLOYMENT,
      ...CLUSTER_ROLES,
      `Role/ml/${NAME}`,
      `Role/research/${NAME}`,
      `RoleBinding/ml/${NAME}`,
      `RoleBinding/research/${NAME}`,
    ],
    at: [...CONTAINER, "env", 0],
    shows: { name: "WATCH_NAMESPACES", value: "ml,research" },
  },
  // Then nobody reads the cluster's own UID.
  ownerId: {
    values: { ownerId: "prod-1" },
    changes: [DEPLOYMENT, `ClusterRole/${NAME}`],
    at: [...CONTAINER, "env", 0],
    shows: OWNER,
  },
  "crds.install": {
    values: { crds: { install: false } },
    changes: CRDS,
    at: ["CustomResourceDefinition"],
    shows: undefined,
  },
  "rbac.create": {
    values: { rbac: { create: false } },
    changes: [...CLUSTER_ROLES, ...LEADER_ROLES],
    at: ["ClusterRole"],
    shows: undefined,
  },
  "serviceAccount.create": {
    values: { serviceAccount: { create: false, name: "mine" } },
    changes: [
      ACCOUNT,
      DEPLOYMENT,
      `ClusterRoleBinding/${NAME}`,
      `RoleBinding/${SYSTEM}/${NAME}-leader`,
    ],
    at: ["ClusterRoleBinding", "subjects"],
    shows: [{ kind: "ServiceAccount", name: "mine", namespace: SYSTEM }],
  },
  "serviceAccount.name": {
    values: { serviceAccount: { name: "mine" } },
    changes: [
      ACCOUNT,
      DEPLOYMENT,
      `ServiceAccount/${SYSTEM}/mine`,
      `ClusterRoleBinding/${NAME}`,
      `RoleBinding/${SYSTEM}/${NAME}-leader`,
    ],
    at: [...POD, "serviceAccountName"],
    shows: "mine",
  },
  "serviceAccount.annotations": {
    values: { serviceAccount: { annotations: { "example.com/role": "reader" } } },
    changes: [ACCOUNT],
    at: ["ServiceAccount", "metadata", "annotations"],
    shows: { "example.com/role": "reader" },
  },
  // Tables are merged; null takes an entry away.
  resources: {
    values: { resources: { requests: { cpu: 1 }, limits: { memory: null, cpu: "2" } } },
    changes: [DEPLOYMENT],
    at: [...CONTAINER, "resources"],
    shows: { limits: { cpu: "2" }, requests: { cpu: 1, memory: "128Mi" } },
  },
  podAnnotations: inPod({ "example.com/scrape": "true" }, "podAnnotations", [
    "Deployment",
    "spec",
    "template",
    "metadata",
    "annotations",
  ]),
  // Whatever they say, the pods stay those that are selected.
  podLabels: {
    values: { podLabels: { team: "ml", "app.kubernetes.io/name": "other" } },
    changes: [DEPLOYMENT],
    at: ["Deployment", "spec", "template", "metadata", "labels"],
    shows: { team: "ml", "app.kubernetes.io/name": NAME, "app.kubernetes.io/instance": NAME },
  },
  nodeSelector: inPod({ "kubernetes.io/arch": "arm64" }, "nodeSelector"),
  tolerations: inPod(
    [{ key: "infra", operator: "Exists", effect: "NoExecute", tolerationSeconds: 60 }],
    "tolerations",
  ),
  affinity: inPod(
    {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: "zone", operator: "Exists" }] }],
        },
      },
    },
    "affinity",
  ),
  topologySpreadConstraints: {
    values: {
      topologySpreadConstraints: [
        { maxSkew: 2, topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule" },
        {
          maxSkew: 1,
          topologyKey: "rack",
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: { matchLabels: { team: "ml" } },
        },
      ],
    },
    changes: [DEPLOYMENT],
    at: [...POD, "topologySpreadConstraints"],
    shows: [
      {
        maxSkew: 2,
        topologyKey: "zone",
        whenUnsatisfiable: "DoNotSchedule",
        labelSelector: {
          matchLabels: { "app.kubernetes.io/name": NAME, "app.kubernetes.io/instance": NAME },
        },
      },
      {
        maxSkew: 1,
        topologyKey: "rack",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: { team: "ml" } },
      },
    ],
  },
  priorityClassName: inPod("system-cluster-critical", "priorityClassName"),
  "podDisruptionBudget.enabled": {
    values: { podDisruptionBudget: { enabled: false } },
    changes: [`PodDisruptionBudget/${SYSTEM}/${NAME}`],
    at: ["PodDisruptionBudget"],
    shows: undefined,
  },
  "networkPolicy.enabled": {
    values: { networkPolicy: { enabled: false } },
    changes: [NETWORK],
    at: ["NetworkPolicy"],
    shows: undefined,
  },
  "networkPolicy.extraEgress": {
    values: {
      networkPolicy: {
        extraEgress: [
          { to: [{ ipBlock: { cidr: "192.0.2.0/24" } }], ports: [{ port: 8443, protocol: "TCP" }] },
        ],
      },
    },
    changes: [NETWORK],
    at: ["NetworkPolicy", "spec", "egress", 2],
    shows: {
      to: [{ ipBlock: { cidr: "192.0.2.0/24" } }],
      ports: [{ port: 8443, protocol: "TCP" }],
    },
  },
  "serviceMonitor.enabled": {
    values: { serviceMonitor: { enabled: true } },
    changes: [MONITOR],
    at: ["ServiceMonitor", "spec", "endpoints"],
    shows: [{ port: "metrics", interval: "30s" }],
  },
  "serviceMonitor.interval": {
    values: { serviceMonitor: { enabled: true, interval: "1m" } },
    changes: [MONITOR],
    at: ["ServiceMonitor", "spec", "endpoints"],
    shows: [{ port: "metrics", interval: "1m" }],
  },
  "serviceMonitor.labels": {
    values: { serviceMonitor: { enabled: true, labels: { release: "prometheus" } } },
    changes: [MONITOR],
    at: ["ServiceMonitor", "metadata", "labels", "release"],
    shows: "prometheus",
  },
  "prometheusRule.enabled": {
    values: { prometheusRule: { enabled: true } },
    changes: [RULES],
    at: ["PrometheusRule", "spec", "groups", 0, "name"],
    shows: "hpc-park-operator.process",
  },
  "prometheusRule.labels": {
    values: { prometheusRule: { enabled: true, labels: { release: "prometheus" } } },
    changes: [RULES],
    at: ["PrometheusRule", "metadata", "labels", "release"],
    shows: "prometheus",
  },
  "deletionProtectionPolicy.enabled": {
    values: { deletionProtectionPolicy: { enabled: true } },
    changes: ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"].map(
      (kind) => `${kind}/${NAME}-deletion-protection`,
    ),
    at: ["ValidatingAdmissionPolicyBinding", "spec"],
    shows: { policyName: `${NAME}-deletion-protection`, validationActions: ["Deny"] },
  },
};
