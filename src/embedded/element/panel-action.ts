import { type Static, type TProperties, Type } from "typebox";
import type { Effect } from "../simulator/effect.ts";
import { RIGHTS } from "./clients.ts";
import { DBMS_TYPES } from "./settings.ts";

const text = Type.String({ minLength: 1 });
const maybe = {
  text: Type.Optional(text),
  bool: Type.Optional(Type.Boolean()),
  ms: Type.Optional(Type.Number({ minimum: 0 })),
  texts: Type.Optional(Type.Array(text)),
};
/** The id of an application. */
const application = { application: text };

function action<Name extends string, Fields extends TProperties>(name: Name, fields: Fields) {
  return Type.Object({ action: Type.Literal(name), ...fields }, { additionalProperties: false });
}

const applicationActions = [
  /** A stranger's; what is not said is as a person would leave it. */
  action("create-application", {
    displayName: maybe.text,
    description: Type.Optional(Type.String()),
    context: maybe.text,
    space: maybe.text,
    project: maybe.text,
    /** The id of the build it is made of; by default the newest that compiles. */
    assembly: maybe.text,
  }),
  action("delete-application", application),
  action("edit-description", { ...application, description: Type.String() }),
  action("rename-application", { ...application, displayName: text }),
  action("set-drafts", { ...application, hasDrafts: Type.Boolean() }),
  action("start-application", application),
  action("stop-application", application),
  action("freeze-application", application),
  action("update-application", { ...application, assembly: text }),
  /** At once, whatever it is at: `Error` at rest. */
  action("fail-application", { ...application, error: text }),
  /** Any word at all; null gives the application back to its own life. */
  action("set-status", { ...application, status: Type.Union([Type.String(), Type.Null()]) }),
  /** The next task of an application, or of any; of one operation type, or of any. */
  action("fail-next-task", {
    application: maybe.text,
    operation: maybe.text,
    error: text,
  }),
] as const;

const catalogueActions = [
  action("add-assembly", {
    project: text,
    version: text,
    compileError: maybe.text,
    /** It compiles, is applied, and puts the application into `Error`. */
    runtimeError: maybe.text,
  }),
  action("add-user-list", { space: text, presentation: text }),
  action("add-space", {
    name: text,
    applicationsQuota: Type.Optional(Type.Integer({ minimum: 0 })),
  }),
  action("set-quota", { space: text, applications: Type.Union([Type.Integer(), Type.Null()]) }),
] as const;

const clientActions = [
  /** `user`: the name of a client whose user it belongs to as well; by default a user of its own. */
  action("add-client", {
    name: text,
    clientId: maybe.text,
    clientSecret: maybe.text,
    user: maybe.text,
    rights: Type.Optional(Type.Enum([...RIGHTS])),
    spaces: maybe.texts,
  }),
  action("set-rights", {
    client: text,
    rights: Type.Optional(Type.Enum([...RIGHTS])),
    spaces: Type.Optional(Type.Union([Type.Array(text), Type.Literal("all")])),
  }),
  action("revoke-client", { client: text }),
  /** Of one client, or of all. */
  action("invalidate-tokens", { client: maybe.text }),
] as const;

const serviceActions = [
  /** What is not spoken of stays as it is; see `Settings`. */
  action("set-settings", {
    startingUp: maybe.bool,
    errorEnvelope: maybe.bool,
    unknownPathAs: Type.Optional(Type.Enum(["json", "text"])),
    missingNamedAs: Type.Optional(Type.Enum([400, 404])),
    language: Type.Optional(Type.Enum(["ru", "en"])),
    upperCaseStatuses: maybe.bool,
    emptyStatusBetween: maybe.bool,
    showsDeleted: maybe.bool,
    arraysArePaged: maybe.bool,
    assembliesAs: Type.Optional(Type.Enum(["array", "items", "assemblies"])),
    appliedAs: Type.Optional(Type.Enum(["both", "id", "version"])),
    emptyFromProject: maybe.bool,
    stopsAfterUpdate: maybe.bool,
    failedTaskStatus: Type.Optional(Type.Enum(["Error", "Failed"])),
    tokenLifetimeS: Type.Optional(Type.Integer({ minimum: 1 })),
    dbmsTypes: Type.Optional(Type.Array(Type.Enum([...DBMS_TYPES]))),
    technologyVersions: maybe.texts,
    brokenTechnologies: Type.Optional(Type.Record(Type.String(), text)),
  }),
  action("set-timings", {
    creatingMs: maybe.ms,
    initializingMs: maybe.ms,
    startingMs: maybe.ms,
    stoppingMs: maybe.ms,
    updatingMs: maybe.ms,
    dumpingMs: maybe.ms,
    deletingMs: maybe.ms,
    emptyMs: maybe.ms,
  }),
  /** The panel goes down and comes up again for so long; its tokens end. */
  action("restart", { ms: Type.Number({ minimum: 0 }) }),
  /** As if so much time had gone by: for whatever is on its way, and for tokens. */
  action("pass-time", { ms: Type.Number({ minimum: 0 }) }),
] as const;

/** What a person can do in the panel, and what only the vendor could. Nothing is asked: it simply happens. */
export const panelActionSchema = Type.Union([
  ...applicationActions,
  ...catalogueActions,
  ...clientActions,
  ...serviceActions,
]);

export type PanelAction = Static<typeof panelActionSchema>;
export type ApplicationAction = Static<(typeof applicationActions)[number]>;
export type CatalogueAction = Static<(typeof catalogueActions)[number]>;
export type ClientAction = Static<(typeof clientActions)[number]>;
export type ServiceAction = Static<(typeof serviceActions)[number]>;

export interface PanelResult {
  /** What was made or changed. */
  readonly id?: string;
  /** Of a new client. */
  readonly clientId?: string;
  readonly clientSecret?: string;
}

export interface Done extends PanelResult {
  readonly effects?: readonly Effect[];
}
