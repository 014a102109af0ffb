import { allOf, type Asked, wordOfWish } from "../../core/asked.ts";
import type { Fields, FieldValue } from "../../core/diff.ts";
import { isAtRest, type RemoteThing, type Setback } from "../../core/observation.ts";
import type { Interest } from "../port.ts";
import { cleanWords } from "../words.ts";
import { failureMessage } from "./application-card.ts";
import type { AppliedBuilds } from "./applied-builds.ts";
import { dumpFor, type Dumps, shownDumps } from "./dumps.ts";
import type { GroupTasks } from "./group-tasks.ts";
import type { Panel } from "./panel.ts";
import type { Tasks } from "./tasks.ts";

export interface Sources {
  readonly panel: Panel;
  readonly tasks: Tasks;
  readonly groups: GroupTasks;
  readonly dumps: Dumps;
  readonly builds: AppliedBuilds;
}

const RETRY =
  "put another into the spec, or take the annotation element.1c.ru/change off to try this one again";

/** What the list does not say of an application, asked for only where something of it is not as it is wanted. */
export async function withDetails(
  thing: RemoteThing,
  interest: Interest,
  sources: Sources,
  signal: AbortSignal,
): Promise<RemoteThing> {
  const { dumps, builds } = sources;
  if (thing.headline.reason === "BackingUp") dumps.doubt(thing.id);
  const seen = isAtRest(thing) ? await builds.named(thing, interest, signal) : thing;
  const known = withDefaultList(await withFate(seen, interest, sources, signal), interest.wanted);
  if (interest.wanted["backup"] === undefined) return known;
  const all = isAtRest(known) ? await dumps.of(known.id, signal) : dumps.lastKnown(known.id);
  return { ...known, status: { ...known.status, dumps: all && shownDumps(all) } };
}

/** Whoever names the default list among those that are to be connected has it: it is always there, and never disconnected. */
function withDefaultList(thing: RemoteThing, wanted: Fields): RemoteThing {
  const { userLists } = thing.fields;
  const standard = thing.status["defaultUserList"];
  const named = wanted["userLists"];
  const isNamed = typeof standard === "string" && Array.isArray(named) && named.includes(standard);
  if (!isNamed || !Array.isArray(userLists)) return thing;
  return { ...thing, fields: { ...thing.fields, userLists: [...userLists, standard] } };
}

/** What became of it, and of what was asked for. */
async function withFate(
  thing: RemoteThing,
  interest: Interest,
  sources: Sources,
  signal: AbortSignal,
): Promise<RemoteThing> {
  const { wanted, asked } = interest;
  if (thing.phase === "failed") return withFailure(thing, interest, sources, signal);
  if (thing.phase !== "settled") return thing;
  const build = differing(thing, wanted, ["projectVersionId", "assemblyVersion"]);
  const backup = wanted["backup"];
  const backed =
    build !== undefined && typeof backup === "string"
      ? await withBackup(thing, backup, asked, sources.dumps, signal)
      : thing;
  if (backed.phase !== "settled") return backed;
  if (build !== undefined && isAsked(asked, "update", build))
    return withFateOfUpdate(backed, asked, sources.tasks);
  const technology = differing(thing, wanted, ["technologyVersion"]);
  if (technology !== undefined && isAsked(asked, "technology", technology))
    return sources.groups.follow(backed, asked, sources.tasks, signal);
  return backed;
}

/** An error at rest: the tasks say why, and whether it came of the build that is wanted. */
async function withFailure(
  thing: RemoteThing,
  { wanted, asked }: Interest,
  { tasks, dumps }: Sources,
  signal: AbortSignal,
): Promise<RemoteThing> {
  const build = differing(thing, wanted, ["projectVersionId", "assemblyVersion"]);
  const failure = await tasks.lastFailureOf(thing);
  const ofTask = failure?.words === undefined ? undefined : cleanWords(failure.words);
  const { error } = thing.status;
  const ofCard = typeof error === "string" ? error : undefined;
  // What failed before something else came about is seldom why.
  const message = failureMessage(
    failure?.isOver === true ? (ofCard ?? ofTask) : (ofTask ?? ofCard),
  );
  const failed = { ...thing, headline: { ...thing.headline, message } };
  const backup = wanted["backup"];
  const backed =
    build !== undefined && typeof backup === "string"
      ? await withBackup(failed, backup, asked, dumps, signal)
      : failed;
  if (build === undefined || backed.setback !== undefined || !isAsked(asked, "update", build))
    return backed;
  return withFateOfUpdate(backed, asked, tasks);
}

async function withFateOfUpdate(
  thing: RemoteThing,
  asked: Asked,
  tasks: Tasks,
): Promise<RemoteThing> {
  const fate = await tasks.fateOf(thing.id, "update", asked.after);
  switch (fate?.is) {
    case undefined:
      return thing;
    case "under way": {
      const message = `the panel is at work on the update to ${valueIn(asked)}`;
      return { ...thing, phase: "busy", headline: { reason: "Updating", message } };
    }
    case "failed":
      return { ...thing, setback: rollback(thing, asked, fate.words) };
  }
}

function rollback({ fields }: RemoteThing, asked: Asked, words: string | undefined): Setback {
  const wanted = valueIn(asked);
  const names = [fields["assemblyVersion"], fields["projectVersionId"]];
  const before = names.find((name) => name !== undefined && name !== "") ?? "none";
  const why = cleanWords(words ?? "no reason given");
  return {
    operations: ["update"],
    reason: "UpdateRolledBack",
    message: `the update to build ${wanted} failed, and the panel went back to ${String(before)}: ${why}; ${RETRY}`,
  };
}

/** A build is put in place only after a dump that was made for it. */
async function withBackup(
  thing: RemoteThing,
  build: string,
  asked: Asked | undefined,
  dumps: Dumps,
  signal: AbortSignal,
): Promise<RemoteThing> {
  const as = (made: string): RemoteThing => ({
    ...thing,
    fields: { ...thing.fields, backup: made },
  });
  // The update itself is asked for only after that.
  const isUpdate = (one: Asked): boolean => one.operation === "update" && valueIn(one) === build;
  if (allOf(asked).some(isUpdate)) return as(build);
  if (!isAsked(asked, "backup", [["backup", build]])) return as("");
  const dump = dumpFor(await dumps.read(thing.id, signal), build, asked.after);
  switch (dump?.is) {
    case undefined:
      return as("");
    case "done":
      return as(build);
    case "under way": {
      const message = `the panel is making a dump before the update to ${build}`;
      return { ...as(""), phase: "busy", headline: { reason: "BackingUp", message } };
    }
    case "failed": {
      const message = `the dump ${dump.id} before the update to ${build} failed, so it is not updated; see the panel for why; ${RETRY}`;
      return {
        ...as(""),
        setback: { operations: ["backup", "update"], reason: "BackupFailed", message },
      };
    }
  }
}

type Pairs = readonly (readonly [field: string, value: FieldValue])[];

function differing(
  { fields }: RemoteThing,
  wanted: Interest["wanted"],
  names: readonly string[],
): Pairs | undefined {
  const pairs = names.flatMap((name) => {
    const value = wanted[name];
    return value === undefined || value === fields[name] ? [] : [[name, value] as const];
  });
  return pairs.length === 0 ? undefined : pairs;
}

function isAsked(asked: Asked | undefined, operation: string, wish: Pairs): asked is Asked {
  const isSame = asked?.operation === operation && asked.wanted === wordOfWish(wish);
  // What became of it is known already.
  return isSame && asked.setback === undefined;
}

/** The one value that was asked for. */
function valueIn({ wanted }: Asked): string {
  try {
    const pairs: unknown = JSON.parse(wanted);
    return String(Array.isArray(pairs) && Array.isArray(pairs[0]) ? pairs[0][1] : wanted);
  } catch {
    return wanted;
  }
}
