import { json } from "node:stream/consumers";
import type { IncomingMessage, ServerResponse } from "node:http";
import { evaluateCel } from "../cel.ts";
import type { Manifest } from "./rendered.ts";

export interface PolicySpec {
  readonly failurePolicy: string;
  readonly matchConstraints: { readonly resourceRules: readonly ResourceRule[] };
  readonly validations: readonly Validation[];
}

interface ResourceRule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly operations: readonly string[];
  readonly resources: readonly string[];
}

interface Validation {
  readonly expression: string;
  readonly messageExpression: string;
}

export function policySpecIn(manifests: readonly Manifest[]): PolicySpec {
  const policy = manifests.find(({ kind }) => kind === "ValidatingAdmissionPolicy");
  // What a policy has in it.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return policy?.["spec"] as PolicySpec;
}

/** Why a policy refuses to delete an object: its own words, one sentence for each expression that is not true. */
export function refusals({ validations }: PolicySpec, oldObject: unknown): readonly string[] {
  return validations
    .filter(({ expression }) => evaluateCel(expression, { oldObject }) !== true)
    .map(({ messageExpression }) => String(evaluateCel(messageExpression, { oldObject })));
}

interface AdmissionReview {
  readonly apiVersion: string;
  readonly kind: string;
  readonly request: { readonly uid: string; readonly oldObject: unknown };
}

/** The policy as a webhook, for API servers that know no policies: they ask a webhook at the same moments, with the same objects. */
export async function answerAsPolicy(
  spec: PolicySpec,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // The API server has sent it.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { apiVersion, kind, request: asked } = (await json(request)) as AdmissionReview;
  const [message] = refusals(spec, asked.oldObject);
  const verdict =
    message === undefined ? { allowed: true } : { allowed: false, status: { message, code: 403 } };
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ apiVersion, kind, response: { uid: asked.uid, ...verdict } }));
}
