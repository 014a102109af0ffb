import { Type } from "typebox";
import { conditionsSchema } from "./condition-schema.ts";
import { statusInteger, statusText } from "./status-fields.ts";

const MAX_SHOWN = 256;

const TaskSchema = Type.Object(
  {
    id: statusText("Id of the task."),
    operation: statusText("What it does, in the panel's own word."),
    status: statusText("Where it stands, in the panel's own word."),
    startedAt: statusText("When it began."),
    endedAt: statusText("When it ended."),
  },
  { description: "The task that is at work on the application." },
);

const DumpSchema = Type.Object(
  {
    id: statusText("Id of the dump."),
    status: statusText("Where it stands, in the panel's own word."),
    createdAt: statusText("When it was made."),
    description: statusText("What it was made for."),
    sizeBytes: statusInteger("Size of the application in it."),
  },
  { description: "One dump." },
);

const flag = (description: string) => Type.Optional(Type.Boolean({ description }));

export const ApplicationStatusSchema = Type.Object(
  {
    observedGeneration: statusInteger("The metadata.generation that the operator looked at last."),
    id: statusText("Id of the application in the panel."),
    seenWith: statusText("The user of the panel with whose rights the application was last seen."),
    account: statusText(
      "The account that the application is in: the ElementConsole, the server and the user.",
    ),
    description: statusText("The description in the panel, without the operator's marker."),
    status: statusText(
      "The panel's word for what the application does: Running, Stopped, Error, Frozen, Creating, Initializing, Starting, Stopping, Updating.",
    ),
    name: statusText("Name of the application in the panel."),
    displayName: statusText("What the application is called in the panel."),
    uri: statusText("Where people find the application."),
    publicationContext: statusText("The path under which it is published."),
    fqdn: statusText("The domain name of its endpoint."),
    appliedVersion: statusText("Version of the build that is applied."),
    projectVersionId: statusText("Id of the build that is applied."),
    projectName: statusText("Name of its project."),
    projectId: statusText("Id of its project."),
    sourceType: statusText("Kind of what it was made from."),
    technologyVersion: statusText("Version of the technology that it runs on."),
    developmentMode: flag("It has a development environment."),
    debugging: flag("It is being debugged."),
    autostartingScheduledJobs: flag("Scheduled jobs start by themselves."),
    autostartingEsb: flag("The bus starts by itself."),
    dbmsType: statusText("Kind of its database."),
    spaceId: statusText("Id of its space."),
    defaultUserList: statusText("Id of its default user list."),
    userLists: Type.Optional(
      Type.Array(Type.String({ maxLength: 4096 }), {
        maxItems: MAX_SHOWN,
        description: "Ids of the connected user lists.",
      }),
    ),
    error: statusText("What the panel says is wrong with it."),
    createdAt: statusText("When it was made, in the panel's own words."),
    currentTask: Type.Optional(TaskSchema),
    dumps: Type.Optional(
      Type.Array(DumpSchema, {
        maxItems: MAX_SHOWN,
        description:
          "The last dumps, the newest first. Read where a dump is made before each update.",
      }),
    ),
    lastHandledReconcileAt: statusText(
      "The last value of the annotation element.1c.ru/reconcile-requested-at that was answered with a fresh look.",
    ),
    conditions: conditionsSchema,
  },
  { description: "The application as the operator last saw it." },
);
