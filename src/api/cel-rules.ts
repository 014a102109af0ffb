import type { CelRule } from "./kind.ts";

/** The field keeps the value that the resource was created with. */
export function immutableField(field: string, { why, fix }: { why: string; fix: string }): CelRule {
  return {
    rule: `self.${field} == oldSelf.${field}`,
    message: `${field} cannot be changed: ${why}. ${fix}`,
    fieldPath: `.${field}`,
  };
}

/** As `immutableField`, for an optional field: setting it later and taking it away are changes, too. */
export function immutableOptionalField(
  field: string,
  words: { why: string; fix: string },
): CelRule {
  const { message, fieldPath } = immutableField(field, words);
  const isUnset = `!has(self.${field}) && !has(oldSelf.${field})`;
  const isSame = `has(self.${field}) && has(oldSelf.${field}) && self.${field} == oldSelf.${field}`;
  return { rule: `(${isUnset}) || (${isSame})`, message, fieldPath };
}

/** For every kind that lives in an account. */
export function fixedAccount(kind: string): CelRule {
  return immutableOptionalField("accountRef", {
    why: "what was made in one account is not in another",
    fix: `Set it back, or delete this ${kind} and create a new one.`,
  });
}

/**
 * The operator appends its marker to the label. A label that already ends like one would be read as the property of another
 * resource, and a control character would break the one line that a label is.
 */
export const labelRules = lineRules("label");

/** As `labelRules`, where the label is called otherwise. */
export function lineRules(field: string): readonly CelRule[] {
  return [
    {
      rule: `!has(self.${field}) || !self.${field}.matches(' k8s-[a-z2-7]{12}$')`,
      message: `${field} must not end with ' k8s-' and 12 characters: the operator appends such a marker itself. Leave that ending out.`,
      fieldPath: `.${field}`,
    },
    {
      rule: String.raw`!has(self.${field}) || !self.${field}.matches(r'[\x00-\x1f\x7f-\x9f]|^\s|\s$')`,
      message: `${field} must be a single line: remove line breaks, tabs and other control characters, and spaces at either end.`,
      fieldPath: `.${field}`,
    },
  ];
}

/** What is made in a namespace names it one way. */
export const oneNamespaceRule: CelRule = {
  rule: "!(has(self.namespaceId) && has(self.namespaceRef))",
  message:
    "namespaceId and namespaceRef both say where it is made: keep namespaceRef where an HpcNamespace describes it, else namespaceId.",
  fieldPath: ".namespaceRef",
};
