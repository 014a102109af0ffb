import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT } from "../project.ts";
import type { Fault } from "./fault.ts";

/** A mistake that operators really make, put into a copy of ours; the suite must turn red over it. */
export interface SeededBug {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** The scenario that it shows in. */
  readonly scenario: string;
  /** The faults that may show it; left out where it shows undisturbed. */
  readonly shows?: (fault: Fault) => boolean;
}

const answer =
  (...names: readonly string[]) =>
  (fault: Fault): boolean =>
    fault.type === "answer" && names.includes(fault.answer);
const kill = (fault: Fault): boolean => fault.type === "kill";

export const SEEDED_BUGS: readonly SeededBug[] = [
  {
    name: "the client repeats a POST after a timeout",
    file: "provider/http.ts",
    find: "retry: { limit: 0 }",
    replace: 'retry: { limit: 2, methods: ["POST"], calculateDelay: () => 1 }',
    scenario: "create",
    shows: answer("silence, work done", "cut connection"),
  },
  {
    name: "a 5xx is taken for a refusal",
    file: "provider/response.ts",
    find: 'isCreate ? "unknown-outcome" : "unavailable"',
    replace: '"unavailable"',
    scenario: "create while lists lag",
    shows: answer("500 after the work", "502 after the work"),
  },
  {
    name: "any 4xx is taken for a refusal",
    file: "provider/response.ts",
    find: "default:\n      return undefined;",
    replace: 'default:\n      return "conflict";',
    scenario: "create while lists lag",
    shows: answer("400 after the work"),
  },
  {
    name: "a cut connection is taken for a refusal",
    file: "provider/http.ts",
    find: "const isOpen = isCreate === true",
    replace: "const isOpen = false && isCreate === true",
    scenario: "create while lists lag",
    shows: answer("cut connection"),
  },
  {
    name: "the label carries no marker until later",
    file: "controller/act.ts",
    find: "labelWithMarker(ownLabelOf(object), resource.marker, port.maxLabelLength)",
    replace: "ownLabelOf(object)",
    scenario: "create",
  },
  {
    name: "the finalizer is not there before the POST",
    file: "controller/act.ts",
    find: "    finalizers: withFinalizer(context),\n    annotations:",
    replace: "    annotations:",
    scenario: "create",
  },
  {
    name: "the journal is written after the POST",
    file: "controller/act.ts",
    find: "    annotations: { [keys.create]: formatIntent(intent) },",
    replace: "",
    scenario: "create",
  },
  {
    name: "the finalizer goes on the first DELETE's 2xx",
    file: "core/outcomes-of-deletion.ts",
    find: 'export function awaitRemoval({ timing }: Facts, thing: RemoteThing): Decision {\n  return {\n    action: { do: "nothing" },',
    replace:
      'export function awaitRemoval({ timing }: Facts, thing: RemoteThing): Decision {\n  return {\n    action: { do: "release" },',
    scenario: "delete",
  },
  {
    name: "the finalizer goes on the first 404",
    file: "controller/observe.ts",
    find: "  const listed = snapshot.byId(id);",
    replace:
      "  const listed = undefined;\n  if ((await remote.get(id, signal)) === undefined) return { lookedAtMs: snapshot.lookedAtMs, marked: [], isNamedGone: true };",
    scenario: "delete what is old",
    shows: answer("404 though it exists"),
  },
  {
    name: "the finalizer goes when no id is recorded",
    file: "controller/observe.ts",
    find: "    const marked = snapshot.byMarker(resource.marker);\n    return { lookedAtMs: snapshot.lookedAtMs, marked, isNamedGone: true };",
    replace: "    return { lookedAtMs: snapshot.lookedAtMs, marked: [], isNamedGone: true };",
    scenario: "delete while creating",
    shows: kill,
  },
  {
    name: "an empty list is taken for all gone",
    file: "controller/observe.ts",
    find: "  const askedMs = now();",
    replace:
      "  if (snapshot.size === 0) return { lookedAtMs: snapshot.lookedAtMs, marked: [], isNamedGone: true };\n  const askedMs = now();",
    scenario: "delete what is old",
    shows: answer("empty list"),
  },
  {
    name: "a partial list is taken for absence",
    file: "controller/observe.ts",
    find: "  const askedMs = now();",
    replace:
      "  if (listed === undefined) return { lookedAtMs: snapshot.lookedAtMs, marked: [], isNamedGone: true };\n  const askedMs = now();",
    scenario: "delete what is old",
    shows: answer("partial list"),
  },
  {
    name: "what merely looks alike is adopted",
    file: "provider/snapshot.ts",
    find: "      const marker = markerOf(thing.label);\n      if (marker === undefined) continue;\n      byMarker",
    replace:
      "      const marker = [...things].map((one) => (one.label.startsWith(thing.label) ? markerOf(one.label) : undefined)).find(Boolean);\n      if (marker === undefined) continue;\n      byMarker",
    scenario: "a stranger of the same name",
  },
  {
    name: "the reaper ignores the marker",
    file: "core/identity.ts",
    find: '  if (observation.named !== undefined) return { is: "unmarked", thing: observation.named };',
    replace:
      '  if (observation.named !== undefined) return { is: "ours", thing: observation.named, twins: [] };',
    scenario: "marker taken off and put back",
  },
  {
    name: "a delete trusts an old look",
    file: "controller/memory.ts",
    find: "    if (isNew && recordedId !== undefined) this.lookAfter(nowMs);",
    replace: "",
    scenario: "marker taken off and put back",
  },
  {
    name: "the settle time is 0",
    file: "wiring.ts",
    find: "quietMs: config.requestTimeoutMs + config.settleMs",
    replace: "quietMs: 0",
    scenario: "create",
    shows: answer("503 without work", "silence, no work"),
  },
  {
    name: "twins are left alone",
    file: "core/decide.ts",
    find: "({ twins, suspicion }) => suspicion === undefined && nonEmpty(twins)",
    replace: "({ twins, suspicion }) => suspicion !== undefined && nonEmpty(twins)",
    scenario: "create",
    shows: answer("very late effect"),
  },
  {
    name: "retain deletes all the same",
    file: "core/decide.ts",
    find: "({ resource }) => resource.isDeleting && isToStay(resource)",
    replace: "({ resource }) => resource.isDeleting && isToStay(resource) && resource.isPaused",
    scenario: "retain",
  },
  {
    name: "deletion does not wait for an open create request",
    file: "core/decide.ts",
    find: "({ isQuiet, isDeletedByUs }) => !isQuiet && !isDeletedByUs",
    replace: "({ isQuiet, isDeletedByUs }) => !isQuiet && isDeletedByUs",
    scenario: "delete while creating",
    shows: answer("late effect"),
  },
  {
    name: "status names a generation that was not seen",
    file: "controller/status-patch.ts",
    find: "    observedGeneration: generation,",
    replace: "    observedGeneration: generation + 1,",
    scenario: "resize",
  },
  {
    name: "what exists is not recognised as done",
    file: "core/decide.ts",
    find: "({ thing }) => thing, life.rest)",
    replace: '({ thing }) => (thing?.phase === "deleting" ? thing : undefined), life.rest)',
    scenario: "create",
  },
];

/** A copy of the operator with the bug in it. Returns the folder that holds its `main.ts`. */
export async function withBug<Result>(
  bug: SeededBug,
  use: (source: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "seeded-bug-"));
  try {
    const source = join(folder, "src");
    await cp(join(PROJECT, "src"), source, {
      recursive: true,
      filter: (path) => !path.includes("embedded"),
    });
    await symlink(join(PROJECT, "node_modules"), join(folder, "node_modules"));
    await cp(join(PROJECT, "package.json"), join(folder, "package.json"));
    const file = join(source, bug.file);
    const text = await readFile(file, "utf8");
    // A bug whose place has changed would prove nothing.
    if (!text.includes(bug.find))
      throw new Error(`${bug.file} no longer holds the place of: ${bug.name}`);
    await writeFile(file, text.replace(bug.find, bug.replace));
    return await use(source);
  } finally {
    await rm(folder, { recursive: true });
  }
}
