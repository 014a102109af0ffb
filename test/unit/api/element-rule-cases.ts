import type { Case, Spec } from "./rule-case.ts";

const console: Spec = { url: "https://panel.example", clientSecretRef: { name: "client" } };
const source = { projectId: "shop", assemblyVersion: "1.0-42" };
const application: Spec = {
  consoleRef: { name: "panel" },
  source,
  publicationContext: "shop",
  backupBeforeUpdate: false,
};

const c = (reason: string, refused: string[], changes: Spec, old?: Spec): Case => ({
  reason,
  kind: "ElementConsole",
  spec: { ...console, ...changes },
  ...(old === undefined ? {} : { old: { ...console, ...old } }),
  refused,
});
const a = (reason: string, refused: string[], changes: object, old?: object): Case => ({
  reason,
  kind: "ElementApplication",
  spec: without({ ...application, ...changes }),
  ...(old === undefined ? {} : { old: without({ ...application, ...old }) }),
  refused,
});

/** By field that stays as it was at creation: two values of it. */
const FIXED: Readonly<Record<string, readonly [one: unknown, other: unknown]>> = {
  displayName: ["Магазин", "Касса"],
  publicationContext: ["shop", "till"],
  description: ["Продажи", "Склад"],
  spaceId: ["space-1", "space-2"],
  developmentMode: [true, false],
  defaultUserList: ["staff", "partners"],
  domainName: ["a.example", "b.example"],
  dbmsType: ["File", "Postgres"],
  adopt: [{ id: "a" }, { id: "b" }],
};

const fixedCases = Object.entries(FIXED).flatMap(([field, [one, other]]) => {
  const path = [`.${field}`];
  // Without it nothing new could be made, which is another rule's concern.
  const taken = field === "publicationContext" ? [".publicationContext", ".source"] : path;
  return [
    a(`${field} unchanged`, [], { [field]: one }, { [field]: one }),
    a(`${field} changed`, path, { [field]: other }, { [field]: one }),
    a(`${field} set later`, path, { [field]: one }, { [field]: undefined }),
    a(`${field} taken away`, taken, { [field]: undefined }, { [field]: one }),
  ];
});

const both = (jobs: boolean | undefined, esb: boolean | undefined): object => ({
  autostartingScheduledJobs: jobs,
  autostartingEsb: esb,
});
const esbOnly = [".autostartingEsb"];

export const elementCases: readonly Case[] = [
  c("a spec with only what is needed is good", [], {}),
  c("another Secret and another pace", [], { clientSecretRef: { name: "b" } }, {}),
  c("the address of another panel", [".url"], { url: "https://other.example" }, {}),

  a("a spec with only what is needed is good", [], {}),
  a(
    "what may change changes",
    [],
    {
      source: { projectId: "shop", assemblyVersion: "1.0-43" },
      technologyVersion: "9.2.5",
      userLists: ["staff"],
      power: "Stopped",
      backupBeforeUpdate: true,
    },
    {},
  ),
  a("another panel", [".consoleRef"], { consoleRef: { name: "other" } }, {}),
  ...fixedCases,

  a("nothing to make it from", [".source"], { source: undefined }),
  a("no place to publish it", [".source"], { publicationContext: undefined }),
  a("what is taken over needs neither", [], {
    adopt: { id: "a" },
    source: undefined,
    publicationContext: undefined,
  }),
  a("what is taken over may be updated", [], { adopt: { id: "a" } }),
  a("a project without a version is good", [], { source: { projectId: "shop" } }),
  a("one build is good", [], { source: { projectVersionId: "build" } }),
  a("a build named two ways", [".source"], { source: { ...source, projectVersionId: "build" } }),
  a("no build at all", [".source"], { source: {} }),
  a("a version of no project", [".source", ".source.assemblyVersion"], {
    source: { assemblyVersion: "1.0-42" },
  }),
  a("a version beside a build's id", [".source.assemblyVersion"], {
    source: { assemblyVersion: "1.0-42", projectVersionId: "build" },
  }),
  a("another project", [".source.projectId"], { source: { projectId: "till" } }, {}),
  a("a build of the same project by its id", [], { source: { projectVersionId: "build" } }, {}),
  a(
    "a source given later to what was taken over",
    [],
    { adopt: { id: "a" } },
    {
      adopt: { id: "a" },
      source: undefined,
    },
  ),

  a("a description that ends like a marker", [".description"], {
    description: "a k8s-abcdefgh2345",
  }),
  a("a description with a line break", [".description"], { description: "a\nb" }),
  a("a description with a space at its end", [".description"], { description: "a " }),
  a("a description in Russian is good", [], { description: "Продажи и склад" }),

  a("two switches that are set apart by the create request", [], both(true, false)),
  a("two switches that were set apart and stay so", [], both(true, false), both(true, false)),
  a("two switches thrown together", [], both(false, false), both(true, true)),
  a("two switches brought together", [], both(true, true), both(true, false)),
  a("one switch alone", [], both(true, undefined), both(false, undefined)),
  a("one switch let go of", [], both(true, undefined), both(true, false)),
  a("two switches thrown apart", esbOnly, both(true, false), both(true, true)),
  a("two switches changed about", esbOnly, both(false, true), both(true, false)),
  a("a second switch set apart later", esbOnly, both(true, false), both(true, undefined)),
  a("two switches set apart later", esbOnly, both(true, false), both(undefined, undefined)),
];

function without(spec: object): Spec {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined));
}
