import { answer, kill, type SeededBug } from "./seeded-bug.ts";

/** Mistakes about deleting: each leaves something behind, or deletes what is not ours. */
export const BUGS_OF_DELETION: readonly SeededBug[] = [
  {
    name: "the finalizer goes on the first DELETE's 2xx",
    edits: [
      {
        file: "core/outcomes-of-deletion.ts",
        find: 'export function awaitRemoval({ timing }: Facts, thing: RemoteThing): Decision {\n  return {\n    action: { do: "nothing" },',
        replace:
          'export function awaitRemoval({ timing }: Facts, thing: RemoteThing): Decision {\n  return {\n    action: { do: "release" },',
      },
    ],
    scenario: "delete",
  },
  {
    name: "the finalizer goes on the first 404",
    edits: [
      {
        file: "controller/observe.ts",
        find: "    let thing = snapshot.byId(id);\n    if (thing === undefined && !isDeniedTwice(id, awaited, snapshot)) {",
        replace:
          "    let thing = await connection.remote.get(id, signal);\n    if (signal.aborted) {",
      },
      {
        file: "controller/observe.ts",
        find: "if (!isProven && !found.some((thing) => bears(thing, resource.marker))) {",
        replace:
          "if (!isProven) {\n    return { ...(await withoutNamed(look, snapshot)), marked: [], isNamedGone: true };",
      },
    ],
    scenario: "delete what is old",
    shows: answer("404 though it exists"),
  },
  {
    name: "the finalizer goes when no id is recorded",
    edits: [
      {
        file: "controller/observe.ts",
        find: "  const [named, ...others] = found;",
        replace:
          "  if (idsOf(look).length === 0) return { ...(await withoutNamed(look, snapshot)), marked: [] };\n  const [named, ...others] = found;",
      },
    ],
    scenario: "delete while creating",
    shows: kill,
  },
  {
    name: "an empty list is taken for all gone",
    edits: [
      {
        file: "controller/observe.ts",
        find: "  const askedMs = now();",
        replace:
          "  if (snapshot.size === 0) return withoutNamed(look, snapshot);\n  const askedMs = now();",
      },
    ],
    scenario: "delete what is old",
    shows: answer("empty list"),
  },
  {
    name: "a partial list is taken for absence",
    edits: [
      {
        file: "controller/observe.ts",
        find: "  const askedMs = now();",
        replace:
          "  if (idsOf(look).some((id) => snapshot.byId(id) === undefined)) return withoutNamed(look, snapshot);\n  const askedMs = now();",
      },
    ],
    scenario: "delete what is old",
    shows: answer("partial list"),
  },
  {
    name: "the reaper ignores the marker",
    edits: [
      {
        file: "core/identity.ts",
        find: '  if (observation.named !== undefined) return { is: "unmarked", thing: observation.named };',
        replace:
          '  if (observation.named !== undefined) return { is: "ours", thing: observation.named, twins: [] };',
      },
    ],
    scenario: "marker taken off and put back",
  },
  {
    name: "a delete trusts an old look",
    edits: [
      {
        file: "controller/memory.ts",
        find: "    if (isNew && recordedId !== undefined) this.lookAfter(nowMs);",
        replace: "",
      },
    ],
    scenario: "marker taken off and put back",
  },
  {
    name: "a delete trusts the cached object",
    edits: [
      {
        file: "controller/act.ts",
        find: "        await confirm(id, context);\n",
        replace: "",
      },
    ],
    trials: ["API server left behind: old uid on its way out"],
  },
  {
    name: "the object is known by its name, whatever its uid",
    edits: [
      {
        file: "controller/preconditions.ts",
        find: "if (!isSame || !isWanted || isKept || !isAsDecided) throw",
        replace:
          "void [isSame, isWanted, isKept, isAsDecided];\n  if (current.metadata.name !== object.metadata.name) throw",
      },
    ],
    trials: ["API server left behind: old uid on its way out"],
  },
  {
    name: "protection is asked of the cache alone",
    edits: [
      {
        file: "controller/preconditions.ts",
        find: "isHeld === resource.isProtected;",
        replace: "isHeld !== undefined;",
      },
      {
        file: "controller/preconditions.ts",
        find: "(!isDeleting || isHeld) &&",
        replace: "!isDeleting &&",
      },
      {
        file: "controller/preconditions.ts",
        find: "current.metadata.generation === object.metadata.generation &&\n    current",
        replace: "current",
      },
    ],
    trials: ["protected while the object is read for the last time"],
  },
  {
    name: "another token's empty list is believed",
    // A client of another user is not used at all.
    only: "hpc-park",
    edits: [
      {
        file: "core/situation.ts",
        find: "return sawIt === undefined || seesAllThat(credential, sawIt) ? undefined : name;",
        replace:
          'return sawIt === undefined || seesAllThat(credential, sawIt) || name !== "" ? undefined : name;',
      },
      {
        file: "core/breaker.ts",
        find: "const isMuch =",
        replace: "const isMuch = known < 0 &&",
      },
      {
        file: "core/breaker.ts",
        find: "known >= SEVERAL",
        replace: "known < 0",
      },
    ],
    trials: ["token of another account"],
  },
];
