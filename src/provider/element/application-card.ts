import type { Fields } from "../../core/diff.ts";
import { labelWithoutMarker } from "../../core/marker.ts";
import type { RemoteThing } from "../../core/observation.ts";
import type { Answer } from "../answer.ts";
import { cleanWords } from "../words.ts";
import { type Power, stateOf } from "./application-state.ts";

type Headline = RemoteThing["headline"];

/** An application as a list or its card shows it: both have the same form. */
export function readApplication(card: Answer): RemoteThing {
  const state = stateOf(card);
  const label = card.text("description") ?? "";
  return {
    id: card.textId,
    label,
    state: state.word,
    phase: state.phase,
    headline: headlineOf(state, card),
    usedBy: [],
    fields: fieldsOf(card, state.power),
    status: { description: labelWithoutMarker(label), ...mirrored(card, state.word) },
  };
}

/** The whole path of an application, or its context alone, in the form that the spec has. */
export function contextOf(path: string | undefined): string | undefined {
  return path?.replace(/^\/+|\/+$/g, "");
}

function fieldsOf(card: Answer, power: Power | undefined): Fields {
  const source = card.object("source");
  return {
    power,
    displayName: card.text("display-name"),
    publicationContext: contextOf(
      card.text("publication-context") ?? card.object("endpoint")?.text("context-path"),
    ),
    developmentMode: card.boolean("development-mode"),
    spaceId: card.text("space-id"),
    dbmsType: card.text("dbms-type"),
    defaultUserList: card.text("default-user-list"),
    userLists: connectedIn(card),
    technologyVersion: card.text("technology-version"),
    autostartingScheduledJobs: card.boolean("autostarting-scheduled-jobs"),
    autostartingEsb: card.boolean("autostarting-esb"),
    ...buildOf(source),
  };
}

/** An application without a build has none that could be the wanted one. A card that lacks its source says nothing of it. */
function buildOf(source: Answer | undefined): Fields {
  if (source === undefined) return {};
  return {
    projectVersionId: source.text("project-version-id") ?? "",
    assemblyVersion: source.text("project-version") ?? "",
  };
}

/** Without the default one, which cannot be disconnected. */
export function connectedIn(card: Answer): readonly string[] | undefined {
  const standard = card.text("default-user-list");
  return card.ids("user-lists")?.filter((id) => id !== standard);
}

function mirrored(card: Answer, word: string): Record<string, unknown> {
  const source = card.object("source");
  const task = card.object("current-task");
  const endpoint = card.object("endpoint");
  return {
    status: word,
    name: card.text("name"),
    displayName: card.text("display-name"),
    uri: card.text("uri"),
    publicationContext: contextOf(endpoint?.text("context-path")),
    fqdn: endpoint?.text("fqdn"),
    appliedVersion: source?.text("project-version"),
    projectVersionId: source?.text("project-version-id"),
    projectName: source?.text("project-name"),
    projectId: card.object("project")?.text("id"),
    sourceType: source?.text("type"),
    technologyVersion: card.text("technology-version"),
    developmentMode: card.boolean("development-mode"),
    debugging: card.boolean("debugging"),
    autostartingScheduledJobs: card.boolean("autostarting-scheduled-jobs"),
    autostartingEsb: card.boolean("autostarting-esb"),
    dbmsType: card.text("dbms-type"),
    spaceId: card.text("space-id"),
    defaultUserList: card.text("default-user-list"),
    userLists: card.ids("user-lists"),
    error: wordsOf(card.words("error")),
    createdAt: card.text("date-created"),
    currentTask:
      task === undefined
        ? undefined
        : {
            id: task.text("id"),
            operation: task.text("operation-type"),
            status: task.text("status"),
            startedAt: task.text("start-date"),
            endedAt: task.text("end-date"),
          },
  };
}

function headlineOf({ phase, power, word }: ReturnType<typeof stateOf>, card: Answer): Headline {
  switch (phase) {
    case "settled":
      return atRest(power, card);
    case "busy":
      return {
        reason: reasonOf(word, card),
        message: `the panel is at work on it${taskOf(card, word)}`,
      };
    case "deleting":
      return { reason: "Deleting", message: "the panel is deleting it" };
    case "failed": {
      const words = wordsOf(card.words("error"));
      return { reason: "RemoteFailed", message: failureMessage(words) };
    }
    case "unknown":
      return { reason: "StateUnknown", message: `the panel says "${cleanWords(word)}"` };
  }
}

/** @param words The panel's own; undefined where it gives none. */
export function failureMessage(words: string | undefined): string {
  return `the panel reports an error: ${words ?? "no reason given"}`;
}

/** What it does, and not why: a spec that only observes asks for nothing. */
function atRest(power: Power | undefined, card: Answer): Headline {
  switch (power) {
    case "Stopped":
      return { reason: "Stopped", message: "stopped" };
    case "Frozen":
      return { reason: "Frozen", message: "frozen" };
    case "Running":
    case undefined:
      return { reason: "Available", message: `running at ${uriOf(card) ?? "the panel's address"}` };
  }
}

/** Anything else has no place in a sentence. */
function uriOf(card: Answer): string | undefined {
  const uri = card.text("uri");
  return uri !== undefined && /^https?:\/\/\S{1,255}$/.test(uri) ? uri : undefined;
}

function reasonOf(word: string, card: Answer): Headline["reason"] {
  const task = card.object("current-task")?.text("operation-type") ?? "";
  if (/dump|backup/i.test(task)) return "BackingUp";
  switch (word.toLowerCase()) {
    case "creating":
    case "initializing":
      return "Creating";
    case "starting":
    case "stopping":
      return "Switching";
    default:
      return "Updating";
  }
}

function taskOf(card: Answer, word: string): string {
  const what = card.object("current-task")?.words("operation-type") ?? word;
  return what === "" ? "" : ` (${cleanWords(what)})`;
}

function wordsOf(text: string | undefined): string | undefined {
  return text === undefined || text === "" ? undefined : cleanWords(text);
}
