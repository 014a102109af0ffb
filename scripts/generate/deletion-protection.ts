import type { KindDefinition } from "../../src/api/kind.ts";

export const POLICY_NAME = "hpc-park-operator-deletion-protection";

const PROTECTED = "set its spec.deletionProtection to false first, then delete it";

/**
 * The spec of a ValidatingAdmissionPolicy that refuses to delete what its own spec protects. A DELETE has no `object`, only an `oldObject`;
 * the API server asks once for each object of a deletecollection too, then without a name in the request. So a namespace that is deleted
 * stays until what is protected in it is protected no more. Taking a finalizer away is an UPDATE: what is on its way out is not held up.
 */
export function deletionProtectionSpec(kinds: readonly KindDefinition[]): object {
  // An account stands for no remote thing.
  const groups = Map.groupBy(
    kinds.filter(({ isAccount }) => isAccount !== true),
    ({ group }) => group,
  );
  return {
    failurePolicy: "Fail",
    matchConstraints: {
      resourceRules: [...groups].map(([group, own]) => ({
        apiGroups: [group],
        apiVersions: ["*"],
        operations: ["DELETE"],
        resources: own.map(({ plural }) => plural),
      })),
    },
    validations: [
      {
        expression: [
          "!has(oldObject.spec)",
          "!has(oldObject.spec.deletionProtection)",
          "!oldObject.spec.deletionProtection",
        ].join(" || "),
        reason: "Forbidden",
        message: `it is protected: ${PROTECTED}`,
        messageExpression: `oldObject.kind + ' ' + oldObject.metadata.name + ' is protected: ${PROTECTED}'`,
      },
    ],
  };
}

export function deletionProtectionPolicy(kinds: readonly KindDefinition[]): object {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: POLICY_NAME },
    spec: deletionProtectionSpec(kinds),
  };
}
