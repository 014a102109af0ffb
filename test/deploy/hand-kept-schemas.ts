import type { Definitions, Schema } from "./open-api.ts";

const DEFINITIONS = "#/definitions";
const META = { $ref: `${DEFINITIONS}/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta` };
const SELECTOR = { $ref: `${DEFINITIONS}/io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector` };
const JSON_SCHEMA = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps";
const CEL_RULES = "x-kubernetes-validations";
const ADMISSION = "admissionregistration.k8s.io";

const text: Schema = { type: "string" };
const texts: Schema = { type: "array", items: text };
const textMap: Schema = { type: "object", additionalProperties: text };

const alert = fields({ alert: text, expr: text, for: text, labels: textMap, annotations: textMap });
const resourceRule = fields({
  apiGroups: texts,
  apiVersions: texts,
  operations: texts,
  resources: texts,
});
const validation = fields({
  expression: text,
  message: text,
  messageExpression: text,
  reason: text,
});

/** What some API servers do not know, and why it is right all the same; so much of each as deploy/ uses. */
const HAND_KEPT: Definitions = {
  // Custom resources of the Prometheus operator, which no test runs.
  serviceMonitor: kind("monitoring.coreos.com", "ServiceMonitor", {
    selector: SELECTOR,
    endpoints: listOf(fields({ port: text, interval: text })),
  }),
  prometheusRule: kind("monitoring.coreos.com", "PrometheusRule", {
    groups: listOf(fields({ name: text, rules: listOf(alert) })),
  }),
  // policy/v1 came with 1.21; these fields were the same before.
  podDisruptionBudget: kind("policy", "PodDisruptionBudget", {
    maxUnavailable: { type: "string", format: "int-or-string" },
    selector: SELECTOR,
  }),
  // v1 of both came with 1.30.
  validatingAdmissionPolicy: kind(ADMISSION, "ValidatingAdmissionPolicy", {
    failurePolicy: text,
    matchConstraints: fields({ resourceRules: listOf(resourceRule) }),
    validations: listOf(validation),
  }),
  validatingAdmissionPolicyBinding: kind(ADMISSION, "ValidatingAdmissionPolicyBinding", {
    policyName: text,
    validationActions: texts,
  }),
};

/** What a server serves, and what is kept by hand where it serves none. */
export function completed(served: Definitions): Definitions {
  const jsonSchema = served[JSON_SCHEMA];
  // CEL rules in CRDs came with 1.23.
  const cel = {
    [CEL_RULES]: listOf(fields({ rule: text, message: text, fieldPath: text })),
    ...jsonSchema?.properties,
  };
  return { ...HAND_KEPT, ...served, [JSON_SCHEMA]: { ...jsonSchema, properties: cel } };
}

function kind(group: string, name: string, spec: Readonly<Record<string, Schema>>): Schema {
  const whole = fields({ apiVersion: text, kind: text, metadata: META, spec: fields(spec) });
  return {
    ...whole,
    "x-kubernetes-group-version-kind": [{ group, version: "v1", kind: name }],
  };
}

function fields(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: "object", properties };
}

function listOf(items: Schema): Schema {
  return { type: "array", items };
}
