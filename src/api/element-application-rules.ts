import { immutableField, immutableOptionalField, lineRules } from "./cel-rules.ts";
import type { CelRule } from "./kind.ts";

const fixedAtCreation = {
  why: "the panel fixes it when the application is created",
  fix: "Set it back, or delete this ElementApplication and create a new one.",
};

const sourceRules: readonly CelRule[] = [
  {
    rule: "has(self.adopt) || (has(self.source) && has(self.publicationContext))",
    message:
      "a new application needs source and publicationContext: set both, or adopt to take over one that exists.",
    fieldPath: ".source",
  },
  {
    rule: "!has(self.source) || has(self.source.projectId) != has(self.source.projectVersionId)",
    message:
      "source needs exactly one of projectId and projectVersionId: keep projectVersionId for one build, else projectId.",
    fieldPath: ".source",
  },
  {
    rule: "!has(self.source) || !has(self.source.assemblyVersion) || has(self.source.projectId)",
    message: "source.assemblyVersion needs source.projectId: say of which project it is a build.",
    fieldPath: ".source.assemblyVersion",
  },
  {
    rule: "!has(self.source) || !has(oldSelf.source) || !has(self.source.projectId) || !has(oldSelf.source.projectId) || self.source.projectId == oldSelf.source.projectId",
    message:
      "source.projectId cannot be changed: an application stays with its project. Set it back, or create another ElementApplication.",
    fieldPath: ".source.projectId",
  },
];

const unset = (field: string, of: string): string =>
  `(has(${of}.${field}) ? ${of}.${field} : false)`;
const wasNeverSet = (field: string): string => `has(self.${field}) == has(oldSelf.${field})`;

/** The panel has one switch for both. Only a create request can set them apart. */
const automaticRule: CelRule = {
  rule:
    "!has(self.autostartingScheduledJobs) || !has(self.autostartingEsb) || self.autostartingScheduledJobs == self.autostartingEsb || (" +
    ["autostartingScheduledJobs", "autostartingEsb"]
      .map(
        (field) => `${wasNeverSet(field)} && ${unset(field, "self")} == ${unset(field, "oldSelf")}`,
      )
      .join(" && ") +
    ")",
  message:
    "autostartingScheduledJobs and autostartingEsb cannot be switched apart: the panel has one switch for both. Give both the same value.",
  fieldPath: ".autostartingEsb",
};

/** What an ElementApplication must keep to, and what of it cannot be changed. */
export const applicationRules: readonly CelRule[] = [
  immutableField("consoleRef", {
    why: "what was made in one panel is not in another",
    fix: "Set it back, or delete this ElementApplication and create a new one.",
  }),
  ...[
    "displayName",
    "publicationContext",
    "description",
    "spaceId",
    "developmentMode",
    "defaultUserList",
    "domainName",
    "dbmsType",
  ].map((field) => immutableOptionalField(field, fixedAtCreation)),
  immutableOptionalField("adopt", {
    why: "it says which application this object stands for",
    fix: "Set it back, or delete this ElementApplication (with deletionPolicy Retain to keep the application) and create a new one.",
  }),
  ...lineRules("description"),
  ...sourceRules,
  automaticRule,
];
