import { Type, type Static } from "typebox";
import { fixedAccount, immutableField, immutableOptionalField, lineRules } from "./cel-rules.ts";
import type { CustomResource } from "./custom-resource.ts";
import type { CelRule, KindDefinition } from "./kind.ts";
import { HPC_PARK_GROUP } from "./metadata.ts";
import { tokenColumns } from "./printer-columns.ts";
import { accountField, objectName, protectionField } from "./spec-fields.ts";
import { reportFields, statusText } from "./status-fields.ts";

/** As for a label: the marker takes 17 of 255 characters. */
const MAX_NAME_LENGTH = 230;

/** Whole hours, minutes or seconds; CEL and Go read them as they are. */
function duration(description: string) {
  return Type.String({ maxLength: 16, pattern: "^[1-9][0-9]{0,5}[hms]$", description });
}

const SpecSchema = Type.Object(
  {
    name: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: MAX_NAME_LENGTH,
        description:
          "What the token is called in the HPC Park panel. The operator appends a marker of 17 characters, by which it knows its own. " +
          "Left out, it is namespace/name of this object. Cannot be changed.",
      }),
    ),
    accountRef: accountField("token"),
    master: Type.Boolean({
      default: false,
      description:
        "true makes a master token, which sees and manages everything of the user; false an ordinary one, which sees only what is " +
        "made with it or granted to it. Cannot be changed.",
    }),
    expiresAfter: Type.Optional(
      duration(
        "How long each token is good, such as 720h. It is replaced by another before that. A change holds from the next token on.",
      ),
    ),
    renewBefore: Type.Optional(
      duration("How long before its end a token is replaced. Left out, a third of expiresAfter."),
    ),
    expiresAt: Type.Optional(
      Type.String({
        format: "date-time",
        maxLength: 64,
        description:
          "When the token ends for good, such as 2027-01-01T00:00:00Z; it is not replaced then. Cannot be changed.",
      }),
    ),
    deletionProtection: protectionField(
      "token",
      "What is replaced by a newer token goes all the same.",
    ),
    secretRef: Type.Object(
      {
        name: objectName("Name of the Secret, in the namespace of this object."),
        key: Type.String({
          default: "token",
          minLength: 1,
          maxLength: 253,
          pattern: "^[-._a-zA-Z0-9]+$",
          description: "Under which key the value is written.",
        }),
      },
      {
        description:
          "The Secret that the operator makes for the token's value, and that goes with this object. One of that name which exists " +
          "already is left as it is. Cannot be changed.",
      },
    ),
  },
  { description: "The token as it shall be. The operator never writes here." },
);

const StatusSchema = Type.Object(
  {
    ...reportFields("token"),
    expiresAt: statusText("When the token ends, in HPC Park's own words."),
  },
  { description: "The token as the operator last saw it. Its value is in the Secret alone." },
);

export type HpcTokenSpec = Readonly<Static<typeof SpecSchema>>;
export type HpcTokenStatus = Readonly<Static<typeof StatusSchema>>;
export type HpcToken = CustomResource<HpcTokenSpec, HpcTokenStatus>;

const fixedAtCreation = {
  why: "HPC Park fixes it when the token is created",
  fix: "Set it back, or delete this HpcToken and create a new one.",
};

const lifetimeRules: readonly CelRule[] = [
  {
    rule: "has(self.expiresAfter) != has(self.expiresAt)",
    message: "a token has one end: set exactly one of expiresAfter and expiresAt.",
    fieldPath: ".expiresAfter",
  },
  {
    rule: "!has(self.renewBefore) || has(self.expiresAfter)",
    message: "renewBefore needs expiresAfter: a token that ends at expiresAt is not replaced.",
    fieldPath: ".renewBefore",
  },
  {
    rule: "!has(self.renewBefore) || !has(self.expiresAfter) || duration(self.renewBefore) < duration(self.expiresAfter)",
    message:
      "renewBefore must be shorter than expiresAfter, or each token would be replaced at once.",
    fieldPath: ".renewBefore",
  },
];

export const hpcTokenKind: KindDefinition = {
  group: HPC_PARK_GROUP,
  version: "v1alpha1",
  kind: "HpcToken",
  plural: "hpctokens",
  singular: "hpctoken",
  shortNames: ["hpct"],
  categories: ["hpc"],
  description:
    "An API token of HPC Park, kept in a Secret and replaced before it expires. The operator needs a master token to make it.",
  spec: SpecSchema,
  status: StatusSchema,
  rules: [
    fixedAccount("HpcToken"),
    immutableOptionalField("name", fixedAtCreation),
    immutableField("master", fixedAtCreation),
    immutableOptionalField("expiresAt", fixedAtCreation),
    immutableField("secretRef", {
      why: "the value of the token is shown once and cannot be moved",
      fix: "Set it back, or delete this HpcToken and create a new one.",
    }),
    ...lineRules("name"),
    ...lifetimeRules,
  ],
  printerColumns: tokenColumns,
};
