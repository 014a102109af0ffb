import { randomUUID } from "node:crypto";
import type { Effect } from "../simulator/effect.ts";
import type { Dump } from "./dump.ts";
import { findApplication } from "./find-application.ts";
import { beginJob, requireIdle } from "./job.ts";
import { type Call, ok, type Outcome } from "./outcome.ts";
import type { Panel } from "./panel.ts";
import { existing } from "./refusal.ts";

/** The body as the contract has it. */
export interface DumpCreate {
  readonly "include-users"?: boolean;
  readonly "include-binary-data"?: boolean;
  readonly "include-collaboration-registration-data"?: boolean;
  readonly description?: string;
}

/** What dumps of the simulator weigh. */
const APPLICATION_BYTES = 1_048_576;
const USER_LIST_BYTES = 4_096;

export function listDumps(call: Call): Outcome {
  const { id } = findApplication(call);
  const dumps = [...call.panel.dumps.values()].filter(({ applicationId }) => applicationId === id);
  return ok(dumps.map((dump) => dumpView(dump)));
}

export function getDump(call: Call): Outcome {
  return ok(dumpView(findDump(call)));
}

export function createDump(call: Call<DumpCreate>): Outcome {
  const { panel, body } = call;
  const application = findApplication(call);
  requireIdle(application);
  const dump: Dump = {
    id: randomUUID(),
    applicationId: application.id,
    description: body.description ?? "",
    includesUsers: body["include-users"] ?? false,
    includesBinaryData: body["include-binary-data"] ?? false,
    includesCollaboration: body["include-collaboration-registration-data"] ?? false,
    createdAt: panel.timestamp(),
    createdMs: panel.clock.now(),
    status: "InProgress",
  };
  panel.dumps.set(dump.id, dump);
  beginJob(panel, application, {
    operation: "CreateApplicationDump",
    quietMs: panel.timings.dumpingMs,
    onDone: () => {
      dump.status = "Done";
    },
    onError: () => {
      dump.status = "Error";
    },
  });
  return { status: 201, body: dumpView(dump), effects: [dumpEffect(panel, "created", dump)] };
}

export function deleteDump(call: Call): Outcome {
  const { panel } = call;
  const dump = findDump(call);
  panel.dumps.delete(dump.id);
  return { status: 204, effects: [dumpEffect(panel, "deleted", dump)] };
}

function findDump(call: Call): Dump {
  const { id: applicationId } = findApplication(call);
  const { dumpsId: id = "" } = call.params;
  const dump = call.panel.dumps.get(id);
  return existing(dump?.applicationId === applicationId ? dump : undefined, {
    ru: `Дамп ${id} не найден`,
    en: `Dump ${id} is not found`,
  });
}

function dumpEffect({ clock }: Panel, what: Effect["what"], dump: Dump): Effect {
  return { what, kind: "dump", id: dump.id, label: dump.description, atMs: clock.now() };
}

function dumpView(dump: Dump): Record<string, unknown> {
  const isDone = dump.status === "Done";
  return {
    id: dump.id,
    "include-users": dump.includesUsers,
    "include-binary-data": dump.includesBinaryData,
    "include-collaboration-registration-data": dump.includesCollaboration,
    "user-list-file-ref": isDone && dump.includesUsers ? `dumps/${dump.id}/users.zip` : "",
    "application-file-ref": isDone ? `dumps/${dump.id}/application.zip` : "",
    status: dump.status,
    "date-created": dump.createdAt,
    description: dump.description,
    "user-list-size-bytes": isDone && dump.includesUsers ? USER_LIST_BYTES : 0,
    "application-size-bytes": isDone ? APPLICATION_BYTES : 0,
  };
}
