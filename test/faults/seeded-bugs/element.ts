import { answer, type SeededBug } from "./seeded-bug.ts";

const only = "element";

/** Mistakes about what a panel says, and does not say. */
export const BUGS_OF_ELEMENT: readonly SeededBug[] = [
  {
    name: "any object with a 4xx is taken for a refusal",
    only,
    edits: [
      {
        file: "provider/element/refusal.ts",
        find: 'if (typeof code !== "number") return undefined;',
        replace: 'if (typeof code !== "number") return { code: 3, words: "no" };',
      },
    ],
    scenario: "create while lists lag",
    shows: answer("400 after the work"),
  },
  {
    name: "what was asked for is not written down",
    only,
    edits: [
      {
        file: "controller/act.ts",
        find: "  if (judgedOperations.includes(operation)) await writeAsked(action, context);\n",
        replace: "  void [judgedOperations, writeAsked];\n",
      },
    ],
    scenario: "update that is rolled back",
  },
  {
    name: "an update is judged by its acceptance alone",
    only,
    edits: [
      {
        file: "provider/element/details.ts",
        find: "return { ...thing, setback: rollback(thing, asked, fate.words) };",
        replace: "void rollback;\n      return thing;",
      },
    ],
    scenario: "update that is rolled back",
  },
];
