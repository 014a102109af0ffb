import { Type, type Static } from "typebox";
import type { CustomResource } from "./custom-resource.ts";
import type { KindDefinition } from "./kind.ts";
import { ELEMENT_GROUP } from "./metadata.ts";
import { applicationRules } from "./element-application-rules.ts";
import { ApplicationStatusSchema } from "./element-application-status.ts";
import { applicationColumns } from "./element-columns.ts";
import { objectName, policyFields } from "./spec-fields.ts";

/** The panel names no bound; this leaves room for the marker in a field that people fill with sentences. */
const MAX_DESCRIPTION_LENGTH = 980;
const MAX_LINE_LENGTH = 255;
const MAX_LISTS = 64;

/** The panel's ids are UUIDs; they stand in paths as they are. */
export function panelId(description: string) {
  return Type.String({
    minLength: 1,
    maxLength: 128,
    pattern: "^[A-Za-z0-9][A-Za-z0-9_-]*$",
    description,
  });
}

function line(description: string, maxLength = MAX_LINE_LENGTH) {
  return Type.String({ minLength: 1, maxLength, pattern: "^\\S(.*\\S)?$", description });
}

const SourceSchema = Type.Object(
  {
    projectId: Type.Optional(
      panelId(
        "Id of the project. Alone, the application is made from the project's default build, or its newest, and never updated by the operator.",
      ),
    ),
    assemblyVersion: Type.Optional(
      line(
        "Version of a build of the project, such as 1.0-42. A change updates the application.",
        128,
      ),
    ),
    projectVersionId: Type.Optional(
      panelId("Id of one build, instead of the two above. A change updates the application."),
    ),
  },
  { description: "What the application is made from. Needed unless adopt is set." },
);

const SpecSchema = Type.Object(
  {
    consoleRef: Type.Object(
      { name: objectName("Name of the ElementConsole.") },
      {
        description:
          "The ElementConsole, in the namespace of this object, in whose panel the application is. Cannot be changed.",
      },
    ),
    displayName: Type.Optional(
      line(
        "What the application is called in the panel. Left out, it is the name of this object. Cannot be changed.",
      ),
    ),
    publicationContext: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: MAX_LINE_LENGTH,
        pattern: "^[A-Za-z0-9_][A-Za-z0-9._/-]*$",
        description:
          "The path under which the application is published, without a slash at its beginning. No other application may have it. Needed " +
          "unless adopt is set. Cannot be changed.",
      }),
    ),
    description: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: MAX_DESCRIPTION_LENGTH,
        description:
          "What people read in the panel about the application, in one line. The operator appends a marker of 17 characters, by which it " +
          "knows its own things. Left out, it is namespace/name of this object. Cannot be changed.",
      }),
    ),
    source: Type.Optional(SourceSchema),
    spaceId: Type.Optional(
      panelId(
        "Id of the space that the application is made in. Left out, the panel chooses. Cannot be changed.",
      ),
    ),
    technologyVersion: Type.Optional(
      line(
        "Version of the technology that the application runs on. A change updates it. Left out, the panel chooses.",
        128,
      ),
    ),
    developmentMode: Type.Optional(
      Type.Boolean({
        description:
          "true makes an application with a development environment. Left out, it has none. Cannot be changed.",
      }),
    ),
    defaultUserList: Type.Optional(
      panelId("Id of the user list that new users come into. Cannot be changed."),
    ),
    userLists: Type.Optional(
      Type.Array(panelId("Id of a user list."), {
        maxItems: MAX_LISTS,
        description:
          "Ids of the user lists that are connected, beside the default one. Others are disconnected. Left out, they are left as they are.",
        "x-kubernetes-list-type": "set",
      }),
    ),
    domainName: Type.Optional(
      line("Domain name of the application. Left out, the panel's own. Cannot be changed."),
    ),
    autostartingScheduledJobs: Type.Optional(
      Type.Boolean({
        description:
          "Whether scheduled jobs start by themselves. The panel switches them together with the bus. Left out, the panel chooses.",
      }),
    ),
    autostartingEsb: Type.Optional(
      Type.Boolean({
        description:
          "Whether the bus starts by itself. The panel switches it together with scheduled jobs. Left out, the panel chooses.",
      }),
    ),
    defaultTimeZone: Type.Optional(
      line("Time zone that the application is made with, such as Europe/Moscow.", 64),
    ),
    defaultLocale: Type.Optional(line("Locale that the application is made with, such as ru.", 64)),
    dbmsType: Type.Optional(
      Type.Enum(["File", "Postgres", "MSSQL"], {
        description: "Kind of database. Left out, the panel chooses. Cannot be changed.",
      }),
    ),
    power: Type.Optional(
      Type.Enum(["Running", "Stopped", "Frozen"], {
        description:
          "Whether the application runs. Left out, it is kept running; where it is only observed, it may do what it likes.",
      }),
    ),
    backupBeforeUpdate: Type.Boolean({
      default: false,
      description:
        "true makes a dump of the application before each update, and waits for it. The last dumps are listed in the status.",
    }),
    ...policyFields("application", {
      default: "Never",
      description:
        "What happens when the application vanishes without the operator's doing. Never reports it as lost and waits for a person, for its " +
        "data are gone; Always makes a new and empty one.",
    }),
    adopt: Type.Optional(
      Type.Object(
        { id: panelId("Id of the application as the panel shows it.") },
        {
          description:
            "Takes over what exists already instead of making another application. From then on it is treated like any other: drift is " +
            "corrected, and it is deleted with this object unless deletionPolicy is Retain. Cannot be changed.",
        },
      ),
    ),
  },
  { description: "The application as it shall be. The operator never writes here." },
);

export type ElementApplicationSpec = Readonly<Static<typeof SpecSchema>>;
export type ElementApplicationStatus = Readonly<Static<typeof ApplicationStatusSchema>>;
export type ElementApplication = CustomResource<ElementApplicationSpec, ElementApplicationStatus>;

export const elementApplicationKind: KindDefinition = {
  group: ELEMENT_GROUP,
  version: "v1alpha1",
  kind: "ElementApplication",
  plural: "elementapplications",
  singular: "elementapplication",
  shortNames: ["elapp"],
  categories: ["element"],
  description: "An application in a 1C:Enterprise.Element control panel.",
  spec: SpecSchema,
  status: ApplicationStatusSchema,
  rules: applicationRules,
  printerColumns: applicationColumns,
  isMirrored: true,
};
