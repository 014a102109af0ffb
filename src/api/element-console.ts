import { Type, type Static } from "typebox";
import { immutableField } from "./cel-rules.ts";
import { conditionsSchema } from "./condition-schema.ts";
import type { CustomResource } from "./custom-resource.ts";
import { DURATION_PATTERN } from "./duration.ts";
import { consoleColumns } from "./element-columns.ts";
import type { KindDefinition } from "./kind.ts";
import { ELEMENT_GROUP } from "./metadata.ts";
import { objectName } from "./spec-fields.ts";
import { statusInteger, statusText } from "./status-fields.ts";

const MAX_ENTRIES = 256;

const SpecSchema = Type.Object(
  {
    url: Type.String({
      minLength: 1,
      maxLength: 2048,
      pattern: "^https?://[^\\s@?#]+$",
      description:
        "Where the control panel is, such as https://1cmycloud.com. Only what the operator's option ELEMENT_ALLOWED_URLS lists. Cannot be " +
        "changed.",
    }),
    clientSecretRef: Type.Object(
      {
        name: objectName("Name of the Secret, in the namespace of this object."),
      },
      {
        description:
          "The Secret with the entries client-id and client-secret, which the panel gives a user for access by programs.",
      },
    ),
    discover: Type.Boolean({
      default: false,
      description:
        "true shows every application of the panel as an ElementApplication that is only observed, made and removed by the operator, so " +
        "that kubectl get elapp shows what the panel shows.",
    }),
    pollInterval: Type.Optional(
      Type.String({
        maxLength: 8,
        pattern: DURATION_PATTERN,
        description:
          "How often the Secret is read and the panel is asked for its user and spaces, such as 90s or 5m. Left out, as often as the " +
          "operator looks at what is at rest.",
      }),
    ),
    requestsPerSecond: Type.Optional(
      Type.Integer({
        format: "int32",
        minimum: 1,
        maximum: 10_000,
        description:
          "How many requests may be sent in one second; never more than the operator's own option says. Consoles of one user share it, and " +
          "the lowest counts.",
      }),
    ),
  },
  { description: "The panel and whose rights are used there. The operator never writes here." },
);

const StatusSchema = Type.Object(
  {
    observedGeneration: statusInteger("The metadata.generation that the operator looked at last."),
    boundTo: statusText(
      "The server and the user for whom this console stands. A client of another user is not used; see the condition Trusted.",
    ),
    user: Type.Optional(
      Type.Object(
        {
          id: statusText("Id of the user in the panel."),
          name: statusText("What the panel calls the user."),
          login: statusText("The user's login."),
        },
        { description: "Whose rights are used." },
      ),
    ),
    token: Type.Optional(
      Type.Object(
        { expiresAt: statusText("When the present token ends, by the panel's clock.") },
        { description: "The token that the panel gave for client id and secret." },
      ),
    ),
    applications: Type.Optional(
      Type.Object(
        {
          total: statusInteger("How many the user sees."),
          byStatus: Type.Optional(
            Type.Array(
              Type.Object(
                {
                  status: statusText("The panel's word."),
                  count: statusInteger("How many."),
                },
                { description: "One status." },
              ),
              { maxItems: MAX_ENTRIES, description: "How many there are in each status." },
            ),
          ),
        },
        { description: "The applications of the panel, by the last list." },
      ),
    ),
    spaces: Type.Optional(
      Type.Array(
        Type.Object(
          {
            id: statusText("Id of the space."),
            name: statusText("What the panel calls it."),
            applications: statusInteger("How many applications are in it."),
            applicationsQuota: statusInteger("How many there may be."),
            usersQuota: statusInteger("How many users there may be."),
          },
          { description: "One space." },
        ),
        { maxItems: MAX_ENTRIES, description: "The spaces that the user sees, and their quotas." },
      ),
    ),
    conditions: conditionsSchema,
  },
  { description: "The panel as the operator last saw it." },
);

export type ElementConsoleSpec = Readonly<Static<typeof SpecSchema>>;
export type ElementConsoleStatus = Readonly<Static<typeof StatusSchema>>;
export type ElementConsole = CustomResource<ElementConsoleSpec, ElementConsoleStatus>;

export const elementConsoleKind: KindDefinition = {
  group: ELEMENT_GROUP,
  version: "v1alpha1",
  kind: "ElementConsole",
  plural: "elementconsoles",
  singular: "elementconsole",
  shortNames: ["elcon"],
  categories: ["element"],
  description:
    "A 1C:Enterprise.Element control panel, and the user with whose rights applications in it are looked after.",
  spec: SpecSchema,
  status: StatusSchema,
  rules: [
    immutableField("url", {
      why: "what was made in one panel is not in another",
      fix: "Set it back, or create another ElementConsole.",
    }),
  ],
  printerColumns: consoleColumns,
  isAccount: true,
};
