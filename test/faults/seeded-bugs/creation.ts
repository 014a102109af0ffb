import { answer, type SeededBug } from "./seeded-bug.ts";

/** Mistakes about creating: each leads to two things, or to one that nobody knows of. */
export const BUGS_OF_CREATION: readonly SeededBug[] = [
  {
    name: "the client repeats a POST after a timeout",
    edits: [
      {
        file: "provider/http-exchange.ts",
        find: "retry: { limit: 0 }",
        replace: 'retry: { limit: 2, methods: ["POST"], calculateDelay: () => 1 }',
      },
    ],
    scenario: "create",
    shows: answer("silence, work done", "cut connection"),
  },
  {
    name: "a 5xx is taken for a refusal",
    edits: [
      {
        file: "provider/response.ts",
        find: 'isCreate ? "unknown-outcome" : "unavailable"',
        replace: '"unavailable"',
      },
    ],
    scenario: "create while lists lag",
    shows: answer("500 after the work", "502 after the work"),
  },
  {
    name: "any 4xx is taken for a refusal",
    only: "hpc-park",
    edits: [
      {
        file: "provider/hpc-park/refusal.ts",
        find: "default:\n      return undefined;",
        replace: 'default:\n      return "conflict";',
      },
    ],
    scenario: "create while lists lag",
    shows: answer("400 after the work"),
  },
  {
    name: "a cut connection is taken for a refusal",
    edits: [
      {
        file: "provider/http-error.ts",
        find: "const isOpen = isCreate === true",
        replace: "const isOpen = false && isCreate === true",
      },
    ],
    scenario: "create while lists lag",
    shows: answer("cut connection"),
  },
  {
    name: "the label carries no marker until later",
    edits: [
      {
        file: "controller/act.ts",
        find: "labelWithMarker(ownLabel, resource.marker, port.maxLabelLength)",
        replace: "ownLabel",
      },
    ],
    scenario: "create",
  },
  {
    name: "the finalizer is not there before the POST",
    edits: [
      {
        file: "controller/act.ts",
        find: "    finalizers: withFinalizer(context),\n    annotations: { [keys.create]",
        replace: "    annotations: { [keys.create]",
      },
    ],
    scenario: "create",
  },
  {
    name: "the journal is written after the POST",
    edits: [
      {
        file: "controller/act.ts",
        find: "{ [keys.create]: formatIntent(intent), ...annotationOfAccount(context) }",
        replace: "annotationOfAccount(context)",
      },
    ],
    scenario: "create",
  },
  {
    name: "the settle time is 0",
    edits: [
      {
        file: "system.ts",
        find: "quietMs: config.requestTimeoutMs + config.settleMs",
        replace: "quietMs: 0",
      },
    ],
    scenario: "create",
    shows: answer("503 without work", "silence, no work"),
  },
];
