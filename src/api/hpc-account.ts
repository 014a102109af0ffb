import { Type, type Static } from "typebox";
import { immutableOptionalField } from "./cel-rules.ts";
import { conditionsSchema } from "./condition-schema.ts";
import type { CustomResource } from "./custom-resource.ts";
import { DURATION_PATTERN } from "./duration.ts";
import type { KindDefinition } from "./kind.ts";
import { HPC_PARK_GROUP } from "./metadata.ts";
import { accountColumns } from "./printer-columns.ts";
import { objectName } from "./spec-fields.ts";
import { statusInteger, statusText } from "./status-fields.ts";

const MAX_OFFER_LENGTH = 256;
const MAX_ENTRIES = 256;

const SpecSchema = Type.Object(
  {
    url: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 2048,
        pattern: "^https?://[^\\s@?#]+$",
        description:
          "Where the HPC Park API is. Only what the operator's option ALLOWED_URLS lists; left out, it is the server that the operator " +
          "itself uses. Cannot be changed.",
      }),
    ),
    tokenSecretRefs: Type.Array(
      Type.Object(
        {
          name: objectName("Name of the Secret, in the namespace of this object."),
          key: Type.String({
            default: "token",
            minLength: 1,
            maxLength: 253,
            pattern: "^[-._a-zA-Z0-9]+$",
            description: "Which entry of the Secret holds the token.",
          }),
        },
        { description: "One Secret that holds a token." },
      ),
      {
        minItems: 1,
        maxItems: 2,
        description:
          "Where the token is, once or twice: the first that HPC Park takes is used. With two of them one can be replaced while the other " +
          "works. Both must be of the same user.",
      },
    ),
    pollInterval: Type.Optional(
      Type.String({
        maxLength: 8,
        pattern: DURATION_PATTERN,
        description:
          "How often the Secrets are read and HPC Park is asked for the balance, the limits and the token's end, such as 90s or 5m. Left " +
          "out, as often as the operator looks at what is at rest.",
      }),
    ),
    requestsPerSecond: Type.Optional(
      Type.Integer({
        format: "int32",
        minimum: 1,
        maximum: 10_000,
        description:
          "How many requests may be sent in one second; never more than the operator's own option says. Accounts of one user share it, and " +
          "the lowest counts.",
      }),
    ),
  },
  { description: "The account as it shall be used. The operator never writes here." },
);

function offered(where: string) {
  return Type.Optional(
    Type.Array(Type.String({ maxLength: MAX_OFFER_LENGTH }), {
      maxItems: MAX_ENTRIES,
      description: `The values that ${where} may have.`,
    }),
  );
}

const StatusSchema = Type.Object(
  {
    observedGeneration: statusInteger("The metadata.generation that the operator looked at last."),
    boundTo: statusText(
      "The server and the user for whom this account stands. A token of another user is not used; see the condition Trusted.",
    ),
    user: Type.Optional(
      Type.Object(
        {
          id: statusInteger("Id of the user in HPC Park."),
          name: statusText("The user's company, or else the e-mail address."),
        },
        { description: "Whose the token is." },
      ),
    ),
    token: Type.Optional(
      Type.Object(
        {
          name: statusText("What the token is called in the HPC Park panel."),
          kind: statusText(
            "Master sees everything of the user, Ordinary what was made with it or granted to it.",
          ),
          expiresAt: statusText("When the token ends."),
        },
        { description: "The token in use, by what HPC Park says of it." },
      ),
    ),
    limits: Type.Optional(
      Type.Array(
        Type.Object(
          {
            resource: statusText("instance, storage_gb, or gpu: and a model."),
            used: statusText("How much of it is in use."),
            limit: statusText("How much there may be; left out where there is no limit."),
          },
          { description: "One limit." },
        ),
        { maxItems: MAX_ENTRIES, description: "What the user may have." },
      ),
    ),
    currency: statusText("Of the amounts below."),
    balance: statusText("What is left to spend."),
    spentToday: statusText("What was billed for today."),
    spentThisMonth: statusText("What was billed for this month."),
    pricePerHour: statusText("What all that runs costs in an hour."),
    invoices: Type.Optional(
      Type.Object(
        {
          open: statusInteger("How many are to be paid, those that are overdue included."),
          overdue: statusInteger("How many are overdue."),
        },
        { description: "Invoices by their state." },
      ),
    ),
    prepaid: Type.Optional(
      Type.Array(
        Type.Object(
          {
            id: statusInteger("Id of the package in HPC Park."),
            gpuType: statusText("GPU model."),
            gpuCount: statusInteger("How many."),
            endsOn: statusText("The last day of the package."),
          },
          { description: "One package." },
        ),
        { maxItems: MAX_ENTRIES, description: "What was paid for in advance." },
      ),
    ),
    offers: Type.Optional(
      Type.Object(
        {
          containerType: offered("spec.containerType of an HpcInstance"),
          gpuType: offered("spec.gpuType of an HpcInstance"),
          tariffType: offered("spec.tariffType of an HpcInstance"),
          storageType: offered("spec.storageType of an HpcStorage"),
        },
        {
          description:
            "What HPC Park's description of itself says may be asked for; what it does not enumerate is left out, and not checked.",
        },
      ),
    ),
    conditions: conditionsSchema,
  },
  { description: "The account as the operator last saw it." },
);

export type HpcAccountSpec = Readonly<Static<typeof SpecSchema>>;
export type HpcAccountStatus = Readonly<Static<typeof StatusSchema>>;
export type HpcAccount = CustomResource<HpcAccountSpec, HpcAccountStatus>;

export const hpcAccountKind: KindDefinition = {
  group: HPC_PARK_GROUP,
  version: "v1alpha1",
  kind: "HpcAccount",
  plural: "hpcaccounts",
  singular: "hpcaccount",
  shortNames: ["hpca"],
  categories: ["hpc"],
  description:
    "An account on HPC Park: who pays for the resources of this namespace that name it, or that name none where it is called default.",
  spec: SpecSchema,
  status: StatusSchema,
  rules: [
    immutableOptionalField("url", {
      why: "what was made on one server is not on another",
      fix: "Set it back, or create another HpcAccount.",
    }),
  ],
  printerColumns: accountColumns,
  isAccount: true,
};
