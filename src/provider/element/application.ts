import type { ElementApplicationSpec } from "../../api/element-application.ts";
import { ELEMENT_GROUP } from "../../api/metadata.ts";
import type { FieldRule, Fields, FieldValue } from "../../core/diff.ts";
import type { KindPort } from "../port.ts";
import { contextOf } from "./application-card.ts";

/** The panel names no bound. The schema of the description leaves room for the marker below this. */
const MAX_DESCRIPTION_LENGTH = 1000;

const fixed = (field: string): FieldRule => ({
  field,
  path: `spec.${field}`,
  change: "fixed",
  operationFor: () => "",
});
const free = (field: string, operation: string, path = `spec.${field}`): FieldRule => ({
  field,
  path,
  change: "free",
  operationFor: () => operation,
});
/** One switch for both; it is thrown where both ask for the same. */
const autostart = (field: string): FieldRule => ({
  ...free(field, ""),
  operationFor: (desired) => (desired === true ? "startAutomatic" : "stopAutomatic"),
});

/** An application of the panel: what its spec means in a create request and in the requests that change one. */
export const applicationKind: KindPort<ElementApplicationSpec> = {
  kind: "ElementApplication",
  group: ELEMENT_GROUP,
  version: "v1alpha1",
  plural: "elementapplications",
  maxLabelLength: MAX_DESCRIPTION_LENGTH,
  ownLabel: ({ description }) => description,
  rules: {
    fields: [
      { ...free("power", ""), operationFor: powerOperation },
      { ...free("backup", "backup", "spec.backupBeforeUpdate") },
      free("projectVersionId", "update", "spec.source.projectVersionId"),
      free("assemblyVersion", "update", "spec.source.assemblyVersion"),
      free("technologyVersion", "technology"),
      free("userLists", "userLists"),
      autostart("autostartingScheduledJobs"),
      autostart("autostartingEsb"),
      ...["displayName", "publicationContext", "developmentMode", "spaceId"].map(fixed),
      ...["dbmsType", "defaultUserList"].map(fixed),
    ],
    // Stopped first: it spares the panel's resources at once. Thawed before all else: what is frozen takes no other change. Started last,
    // with what is wanted by then.
    operations: [
      "stop",
      "restore",
      "backup",
      "update",
      "technology",
      "userLists",
      "startAutomatic",
      "stopAutomatic",
      "suspend",
      "start",
    ],
    savingOperations: ["stop", "suspend"],
    mendingOperations: ["backup", "update"],
    judgedOperations: ["backup", "update", "technology"],
    // What is to stay frozen is not thawed unasked: it would cost what its owner wants to spare.
    restraint: {
      field: "power",
      value: "Frozen",
      // No dump before an update that cannot be.
      operations: ["update", "technology", "backup"],
      called: "frozen",
      advice: "set spec.power to Running until that is done, and then to Frozen again",
    },
    labelCalled: "description",
  },
  references: () => [],
  secrets: () => [],
  fields: fieldsOf,
  createBody: (spec, label, { resourceName }) => ({
    // Which build that is, the panel is asked before the request leaves.
    source: spec.source,
    "display-name": spec.displayName ?? resourceName,
    "publication-context": spec.publicationContext,
    "development-mode": spec.developmentMode ?? false,
    "technology-version": spec.technologyVersion,
    "default-user-list": spec.defaultUserList,
    "user-lists": spec.userLists,
    "space-id": spec.spaceId,
    "domain-name": spec.domainName,
    "autostarting-scheduled-jobs": spec.autostartingScheduledJobs,
    "autostarting-esb": spec.autostartingEsb,
    "default-time-zone": spec.defaultTimeZone,
    "default-locale": spec.defaultLocale,
    "dbms-type": spec.dbmsType,
    description: label,
  }),
  savesMoney: ({ power }) => power === "Stopped" || power === "Frozen",
  statusId: (id) => id,
};

/** What is frozen has to be thawed before it can be started or stopped. */
function powerOperation(desired: FieldValue, observed: FieldValue): string {
  if (desired === "Frozen") return "suspend";
  if (observed === "Frozen") return "restore";
  return desired === "Stopped" ? "stop" : "start";
}

function fieldsOf(spec: ElementApplicationSpec): Fields {
  const { source, userLists, defaultUserList, managementPolicy } = spec;
  const build = source?.projectVersionId ?? source?.assemblyVersion;
  // The default one is not among those that are connected and disconnected.
  const lists = userLists?.filter((id) => id !== defaultUserList);
  return {
    power: spec.power ?? (managementPolicy === "ObserveOnly" ? undefined : "Running"),
    backup: spec.backupBeforeUpdate ? build : undefined,
    projectVersionId: source?.projectVersionId,
    assemblyVersion: source?.assemblyVersion,
    projectId: source?.projectId,
    technologyVersion: spec.technologyVersion,
    userLists: lists,
    ...automaticOf(spec),
    displayName: spec.displayName,
    publicationContext: contextOf(spec.publicationContext),
    developmentMode: spec.developmentMode,
    spaceId: spec.spaceId,
    dbmsType: spec.dbmsType,
    defaultUserList,
  };
}

/** Two that differ can be had from the create request alone: the one switch would throw both. */
function automaticOf({
  autostartingScheduledJobs,
  autostartingEsb,
}: ElementApplicationSpec): Fields {
  const differ =
    autostartingScheduledJobs !== undefined &&
    autostartingEsb !== undefined &&
    autostartingScheduledJobs !== autostartingEsb;
  return differ ? {} : { autostartingScheduledJobs, autostartingEsb };
}
