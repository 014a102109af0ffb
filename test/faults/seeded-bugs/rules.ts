import { answer, type SeededBug } from "./seeded-bug.ts";

/** Mistakes in the rules. */
export const BUGS_OF_RULES: readonly SeededBug[] = [
  {
    name: "what merely looks alike is adopted",
    edits: [
      {
        file: "provider/snapshot.ts",
        find: "      const marker = markerOf(thing.label);\n      if (marker === undefined) continue;\n      const others",
        replace:
          "      const marker = [...things].map((one) => (one.label.startsWith(thing.label) ? markerOf(one.label) : undefined)).find(Boolean);\n      if (marker === undefined) continue;\n      const others",
      },
    ],
    scenario: "a stranger of the same name",
  },
  {
    name: "twins are left alone",
    // A panel takes no second application with the same path, so there are no twins.
    only: "hpc-park",
    edits: [
      {
        file: "core/decide.ts",
        find: "suspicion === undefined && removalHalt === undefined && nonEmpty(twins)",
        replace: "suspicion !== undefined && removalHalt === undefined && nonEmpty(twins)",
      },
    ],
    scenario: "create",
    shows: answer("very late effect"),
  },
  {
    name: "retain deletes all the same",
    edits: [
      {
        file: "core/rules-of-deletion.ts",
        find: "({ resource }) => resource.isDeleting && isToStay(resource)",
        replace: "({ resource }) => resource.isDeleting && isToStay(resource) && resource.isPaused",
      },
    ],
    scenario: "retain",
  },
  {
    name: "protection from deletion is overlooked",
    edits: [
      {
        file: "controller/managed-object.ts",
        find: "return spec.deletionProtection === true;",
        replace: "return spec.deletionProtection === undefined;",
      },
    ],
    scenario: "delete what is protected",
  },
  {
    name: "deletion does not wait for an open create request",
    edits: [
      {
        file: "core/rules-of-deletion.ts",
        find: "({ isQuiet }) => !isQuiet,\n    deletion.settleFirst",
        replace: "({ isQuiet }) => !isQuiet && isQuiet,\n    deletion.settleFirst",
      },
    ],
    scenario: "delete while creating",
    shows: answer("late effect"),
  },
  {
    name: "status names a generation that was not seen",
    edits: [
      {
        file: "controller/status-patch.ts",
        find: "    observedGeneration: generation,",
        replace: "    observedGeneration: generation + 1,",
      },
    ],
    scenario: "resize",
  },
  {
    name: "what exists is not recognised as done",
    edits: [
      {
        file: "core/decide.ts",
        find: "({ thing }) => thing, life.rest)",
        replace: '({ thing }) => (thing?.phase === "deleting" ? thing : undefined), life.rest)',
      },
    ],
    scenario: "create",
  },
];
