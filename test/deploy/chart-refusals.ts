import type { ChartCase } from "./chart.ts";

/** What the chart refuses, by the reason, with words that say why. */
export const REFUSALS: Readonly<Record<string, ChartCase & { readonly says: RegExp }>> = {
  "an unknown value": { values: { replica: 1 }, says: /replica\b/ },
  "an unknown value in a group": { values: { image: { name: "x" } }, says: /\bname\b/ },
  "a misspelt option": { values: { options: { LOG_LEVL: "debug" } }, says: /LOG_LEVL/ },
  "the token itself": { values: { options: { HPC_PARK_TOKEN: "x" } }, says: /HPC_PARK_TOKEN/ },
  "an option that another value sets": {
    values: { options: { WATCH_NAMESPACES: "ml" } },
    says: /WATCH_NAMESPACES/,
  },
  "an option that is a list": {
    values: { options: { PROVIDERS: ["element"] } },
    says: /PROVIDERS/,
  },
  "replicas as text": { values: { replicas: "2" }, says: /replicas/ },
  "fewer replicas than none": { values: { replicas: -1 }, says: /replicas/ },
  "a switch as text": { values: { networkPolicy: { enabled: "false" } }, says: /enabled/ },
  "a group that is none": { values: { serviceMonitor: true }, says: /serviceMonitor/ },
  "a value taken away": { values: { token: { key: null } }, says: /key/ },
  "a digest that is none": { values: { image: { digest: "latest" } }, says: /digest/ },
  "an unknown pull policy": { values: { image: { pullPolicy: "Sometimes" } }, says: /pullPolicy/ },
  "a namespace that can be none": {
    values: { watchNamespaces: ["ml,research"], ownerId: "a" },
    says: /watchNamespaces/,
  },
  "a namespace twice": {
    values: { watchNamespaces: ["ml", "ml"], ownerId: "a" },
    says: /watchNamespaces/,
  },
  "an interval without a unit": {
    values: { serviceMonitor: { interval: "30" } },
    says: /interval/,
  },
  "a pull secret without a name": { values: { imagePullSecrets: ["registry"] }, says: /imagePull/ },
  "resources of another kind": { values: { resources: { request: {} } }, says: /request\b/ },
  "a toleration with a typo": { values: { tolerations: [{ kei: "x" }] }, says: /kei/ },
  "some namespaces without an owner": {
    values: { watchNamespaces: ["ml"] },
    says: /ownerId must be set where watchNamespaces is/,
  },
  "no ServiceAccount and no name of one": {
    values: { serviceAccount: { create: false } },
    says: /serviceAccount\.name must be set where serviceAccount\.create is false/,
  },
  "deletion protection where there are no policies": {
    values: { deletionProtectionPolicy: { enabled: true } },
    kubeVersion: "1.29.9",
    says: /deletionProtectionPolicy\.enabled needs Kubernetes 1\.30 or newer/,
  },
  "a Kubernetes that is too old": {
    kubeVersion: "1.27.16",
    says: /requires kubeVersion: >=1\.28\.0-0/,
  },
};
