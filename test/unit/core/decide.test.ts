import { describe, expect, it } from "vitest";
import { decide, RULES_BEFORE_LOOKING, RULES_OF_LIFE } from "../../../src/core/decide.ts";
import { RULES_OF_DELETION } from "../../../src/core/rules-of-deletion.ts";
import type { Situation } from "../../../src/core/situation.ts";
import {
  DESIRED,
  FOREIGN_MARKER,
  NOW_MS,
  resource,
  sees,
  SEES_NOTHING,
  situation,
  thing,
  TIMING,
} from "./situations.ts";

const intent = { attempt: 1, time: "2026-01-01T00:00:00.000Z" };
const justIntended = { intentSeenAtMs: NOW_MS - 1_000 };
const longAgo = { intentSeenAtMs: NOW_MS - TIMING.quietMs };
const unmarked = thing("17", { label: "default/train" });
const foreign = thing("17", { label: `somebody's ${FOREIGN_MARKER}` });
const deleting = { isDeleting: true };

const READY = {
  type: "Ready",
  status: "True",
  reason: "Available",
  message: "running",
  lastTransitionTime: "2026-01-01T00:00:00Z",
} as const;
const UNASKED = {
  reason: "AccountNotReady",
  message: "waits for it",
  isStalled: false,
  isUnasked: true,
} as const;

interface Row {
  readonly reason: string;
  readonly given: Partial<Situation>;
  /** The action, and the reason of the most telling condition. */
  readonly expected: readonly [action: string, said?: string];
}

const LIFE: readonly Row[] = [
  {
    reason: "nothing exists and nothing was asked for yet, so it is created",
    given: { observation: SEES_NOTHING, resource: resource({ hasFinalizer: false }) },
    expected: ["create", "Creating"],
  },
  {
    reason: "without an observation only a look can tell",
    given: {},
    expected: ["observe"],
  },
  {
    reason: "a paused resource is not even looked at",
    given: { resource: resource({ isPaused: true }) },
    expected: ["nothing", "Paused"],
  },
  {
    reason:
      "of a resource of which nothing is written it is said that its account was not asked yet",
    given: { wish: { fields: DESIRED, users: [], noAccount: UNASKED } },
    expected: ["nothing", "AccountNotReady"],
  },
  {
    reason: "an account that cannot be asked is told, whatever was written before",
    given: {
      wish: { fields: DESIRED, users: [], noAccount: { ...UNASKED, isUnasked: false } },
      resource: resource({ conditions: [READY] }),
    },
    expected: ["nothing", "AccountNotReady"],
  },
  {
    reason: "what a newer version has begun is left to it",
    given: { resource: resource({ isFromTheFuture: true }) },
    expected: ["nothing", "NewerJournal"],
  },
  {
    reason: "a create request whose answer was lost a moment ago may still take effect",
    given: { observation: SEES_NOTHING, resource: resource({ intent }), memory: justIntended },
    expected: ["nothing", "Settling"],
  },
  {
    reason: "a complete list begun after the quiet time proves the attempt dead",
    given: { observation: SEES_NOTHING, resource: resource({ intent }), memory: longAgo },
    expected: ["create", "Creating"],
  },
  {
    reason: "a list begun a millisecond before the quiet time is over proves nothing",
    given: {
      observation: { ...SEES_NOTHING, lookedAtMs: NOW_MS - 1 },
      resource: resource({ intent }),
      memory: longAgo,
    },
    expected: ["nothing", "Settling"],
  },
  {
    reason: "after a refusal nothing exists, so there is nothing to settle",
    given: {
      observation: SEES_NOTHING,
      resource: resource({ intent }),
      memory: { ...justIntended, refusedAttempt: 1 },
    },
    expected: ["create", "Creating"],
  },
  {
    reason: "the refusal of an earlier attempt says nothing of the latest one",
    given: {
      observation: SEES_NOTHING,
      resource: resource({ intent: { ...intent, attempt: 2 } }),
      memory: { ...justIntended, refusedAttempt: 1 },
    },
    expected: ["nothing", "Settling"],
  },
  {
    reason: "an old create request under the same name may still take effect for a new resource",
    given: { observation: SEES_NOTHING, resource: resource({}), memory: justIntended },
    expected: ["nothing", "Settling"],
  },
  {
    reason: "a thing with our marker is adopted, and the finalizer comes first",
    given: { observation: sees(thing("17")), resource: resource({ hasFinalizer: false }) },
    expected: ["attach", "Attached"],
  },
  {
    reason: "what is there and as wanted is left alone",
    given: { observation: sees(thing("17")), resource: resource({ recordedId: "17" }) },
    expected: ["nothing", "Available"],
  },
  {
    reason: "a state without a word is unknown, and nothing is done to it",
    given: { observation: sees(thing("17", { phase: "unknown", state: "molten" })) },
    expected: ["nothing", "StateUnknown"],
  },
  {
    reason: "what fails at rest needs a human",
    given: {
      observation: sees(
        thing("17", { phase: "failed", headline: { reason: "RemoteFailed", message: "no disk" } }),
      ),
    },
    expected: ["nothing", "RemoteFailed"],
  },
  {
    reason: "what is on the way is waited for, even where it differs",
    given: {
      observation: sees(
        thing("17", {
          phase: "busy",
          fields: { ...DESIRED, size: 1 },
          headline: { reason: "Creating", message: "being made" },
        }),
      ),
    },
    expected: ["nothing", "Creating"],
  },
  {
    reason: "drift is corrected",
    given: { observation: sees(thing("17", { fields: { ...DESIRED, size: 1 } })) },
    expected: ["change:resources", "Updating"],
  },
  {
    reason: "switching off comes before everything else, for it saves money",
    given: {
      observation: sees(thing("17", { fields: { ...DESIRED, size: 1, type: "other" } })),
      wish: { fields: { ...DESIRED, power: "Off" }, users: [] },
      suspicion: "something is odd",
    },
    expected: ["change:powerOff", "Updating"],
  },
  {
    reason: "switching on comes last, so that it starts with the right resources",
    given: { observation: sees(thing("17", { fields: { ...DESIRED, size: 1, power: "Off" } })) },
    expected: ["change:resources", "Updating"],
  },
  {
    reason: "what is fixed at creation cannot be changed, and is not replaced",
    given: { observation: sees(thing("17", { fields: { ...DESIRED, type: "other" } })) },
    expected: ["nothing", "ImmutableDiffers"],
  },
  {
    reason: "what can only grow is not made smaller",
    given: { observation: sees(thing("17", { fields: { ...DESIRED, size: 9 } })) },
    expected: ["nothing", "ShrinkRefused"],
  },
  {
    reason: "a field the provider does not send says nothing",
    given: { observation: sees(thing("17", { fields: { power: "On" } })) },
    expected: ["nothing", "Available"],
  },
  {
    reason: "what the spec refers to must be there before it is created",
    given: {
      observation: SEES_NOTHING,
      wish: {
        fields: DESIRED,
        users: [],
        obstacle: { reason: "DependencyNotReady", message: "waits", isStalled: false },
      },
    },
    expected: ["nothing", "DependencyNotReady"],
  },
  {
    reason: "of several with our marker the recorded one stays",
    given: {
      observation: { ...sees(thing("16"), thing("17")), named: thing("17") },
      resource: resource({ recordedId: "17" }),
    },
    expected: ["remove:16"],
  },
  {
    reason: "with none recorded the lowest id stays",
    given: { observation: sees(thing("9"), thing("10")) },
    expected: ["remove:10"],
  },
  {
    reason: "a suspect account is not cleaned up",
    given: { observation: sees(thing("9"), thing("10")), suspicion: "something is odd" },
    expected: ["nothing", "Available"],
  },
  {
    reason: "a twin on its way out is not deleted again, nor kept",
    given: { observation: sees(thing("9", { phase: "deleting" }), thing("10")) },
    expected: ["nothing", "Available"],
  },
  {
    reason:
      "without our marker the recorded thing is not ours, and another beside it would cost twice",
    given: {
      observation: {
        lookedAtMs: NOW_MS,
        marked: [],
        named: unmarked,
        credential: "first",
        isNamedListed: true,
        isNamedGone: false,
      },
      resource: resource({ recordedId: "17" }),
    },
    expected: ["nothing", "MarkerMissing"],
  },
  {
    reason: "the recorded id of another resource's thing is corrected by the marker",
    given: {
      observation: {
        lookedAtMs: NOW_MS,
        marked: [thing("18")],
        named: foreign,
        credential: "first",
        isNamedListed: true,
        isNamedGone: false,
      },
      resource: resource({ recordedId: "17" }),
    },
    expected: ["nothing", "Available"],
  },
  {
    reason: "one 404 proves nothing",
    given: {
      observation: {
        lookedAtMs: NOW_MS,
        marked: [],
        credential: "first",
        isNamedListed: true,
        isNamedGone: false,
      },
      resource: resource({ recordedId: "17" }),
    },
    expected: ["nothing", "Missing"],
  },
  {
    reason: "what vanished is made again",
    given: {
      observation: SEES_NOTHING,
      resource: resource({ recordedId: "17", intent }),
      memory: longAgo,
    },
    expected: ["create", "Creating"],
  },
  {
    reason: "what vanished just after it was made may only be unseen yet",
    given: {
      observation: SEES_NOTHING,
      resource: resource({ recordedId: "17", intent }),
      memory: { ...justIntended, settledAttempt: 1 },
    },
    expected: ["nothing", "Settling"],
  },
  {
    reason: "what vanished is not made again where that was ruled out",
    given: {
      observation: SEES_NOTHING,
      resource: resource({ recordedId: "17", recreatePolicy: "Never" }),
    },
    expected: ["nothing", "Lost"],
  },
  {
    reason: "nothing is made while the account is suspect",
    given: {
      observation: SEES_NOTHING,
      resource: resource({ recordedId: "17" }),
      suspicion: "something is odd",
    },
    expected: ["nothing", "AccountSuspect"],
  },
  {
    reason: "an adopted thing is ours without a marker",
    given: {
      observation: {
        lookedAtMs: NOW_MS,
        marked: [],
        named: unmarked,
        credential: "first",
        isNamedListed: true,
        isNamedGone: false,
      },
      resource: resource({ adoptId: "17", hasFinalizer: false }),
    },
    expected: ["attach", "Attached"],
  },
  {
    reason: "a thing to adopt that bears another's marker is that other's",
    given: {
      observation: {
        lookedAtMs: NOW_MS,
        marked: [],
        named: foreign,
        credential: "first",
        isNamedListed: true,
        isNamedGone: false,
      },
      resource: resource({ adoptId: "17" }),
    },
    expected: ["nothing", "AdoptRefused"],
  },
  {
    reason: "a thing that another resource adopted earlier stays with it",
    given: {
      observation: sees(unmarked),
      resource: resource({ adoptId: "17" }),
      wish: { fields: DESIRED, users: [], rival: 'HpcInstance "a/b"' },
    },
    expected: ["nothing", "AdoptRefused"],
  },
  {
    reason: "a thing to adopt that does not exist is not made instead",
    given: { observation: SEES_NOTHING, resource: resource({ adoptId: "17" }) },
    expected: ["nothing", "AdoptNotFound"],
  },
  {
    reason: "an adopted thing that vanished is not replaced",
    given: { observation: SEES_NOTHING, resource: resource({ adoptId: "17", recordedId: "17" }) },
    expected: ["nothing", "Lost"],
  },
  {
    reason: "observe only: what differs is said, not changed",
    given: {
      observation: sees(thing("17", { fields: { ...DESIRED, size: 1 } })),
      resource: resource({ managementPolicy: "ObserveOnly", hasFinalizer: false }),
    },
    expected: ["nothing", "Drifted"],
  },
  {
    reason: "observe only: what is missing is not made",
    given: { observation: SEES_NOTHING, resource: resource({ managementPolicy: "ObserveOnly" }) },
    expected: ["nothing", "Missing"],
  },
];

const DELETION: readonly Row[] = [
  {
    reason: "without our finalizer there is nothing to do",
    given: { resource: resource({ ...deleting, hasFinalizer: false }) },
    expected: ["nothing"],
  },
  {
    reason: "hands off holds for deletion too",
    given: { resource: resource({ ...deleting, isPaused: true }) },
    expected: ["nothing", "Paused"],
  },
  {
    reason: "what is to be retained is let go of without a look",
    given: { resource: resource({ ...deleting, deletionPolicy: "Retain" }) },
    expected: ["release"],
  },
  {
    reason: "what was only observed is let go of without a look",
    given: { resource: resource({ ...deleting, managementPolicy: "ObserveOnly" }) },
    expected: ["release"],
  },
  {
    reason: "another controller may still need the remote thing",
    given: { resource: resource({ ...deleting, otherFinalizers: ["backup/wait"] }) },
    expected: ["nothing", "FinalizersRemain"],
  },
  {
    reason: "resources that name it would break",
    given: {
      resource: resource(deleting),
      wish: { fields: DESIRED, users: ['HpcInstance "train"'] },
    },
    expected: ["nothing", "InUse"],
  },
  {
    reason: "what the provider sees in use is not deleted",
    given: {
      resource: resource(deleting),
      observation: sees(thing("17", { usedBy: ["instance 4"] })),
    },
    expected: ["nothing", "InUse"],
  },
  {
    reason: "what is ours is deleted, its twin with it",
    given: { resource: resource(deleting), observation: sees(thing("17"), thing("18")) },
    expected: ["remove:17,18", "Deleting"],
  },
  {
    reason: "what is broken or on the way is deleted too",
    given: { resource: resource(deleting), observation: sees(thing("17", { phase: "unknown" })) },
    expected: ["remove:17", "Deleting"],
  },
  {
    reason: "what is being deleted is waited for",
    given: { resource: resource(deleting), observation: sees(thing("17", { phase: "deleting" })) },
    expected: ["nothing", "Deleting"],
  },
  {
    reason: "a suspect account is not cleaned up",
    given: { resource: resource(deleting), observation: SEES_NOTHING, suspicion: "odd" },
    expected: ["nothing", "AccountSuspect"],
  },
  {
    reason: "without our marker it is neither deleted nor forgotten",
    given: {
      resource: resource({ ...deleting, recordedId: "17" }),
      observation: {
        lookedAtMs: NOW_MS,
        marked: [],
        named: unmarked,
        credential: "first",
        isNamedListed: true,
        isNamedGone: false,
      },
    },
    expected: ["nothing", "MarkerMissing"],
  },
  {
    reason: "an unknown create request is settled before the finalizer goes",
    given: {
      resource: resource({ ...deleting, intent }),
      observation: SEES_NOTHING,
      memory: justIntended,
    },
    expected: ["nothing", "Settling"],
  },
  {
    reason:
      "a request that was answered may be delivered a second time, so its quiet time counts too",
    given: {
      resource: resource({ ...deleting, intent, recordedId: "17" }),
      observation: SEES_NOTHING,
      memory: { ...justIntended, settledAttempt: 1, deletedId: "17" },
    },
    expected: ["nothing", "Settling"],
  },
  {
    reason: "one 404 is no proof",
    given: {
      resource: resource({ ...deleting, recordedId: "17" }),
      observation: {
        lookedAtMs: NOW_MS,
        marked: [],
        credential: "first",
        isNamedListed: true,
        isNamedGone: false,
      },
    },
    expected: ["nothing", "Deleting"],
  },
  {
    reason: "proven gone: the finalizer goes",
    given: { resource: resource({ ...deleting, recordedId: "17" }), observation: SEES_NOTHING },
    expected: ["release"],
  },
  {
    reason: "what belongs to another was never ours to delete",
    given: {
      resource: resource({ ...deleting, adoptId: "17" }),
      observation: {
        lookedAtMs: NOW_MS,
        marked: [],
        named: foreign,
        credential: "first",
        isNamedListed: true,
        isNamedGone: false,
      },
    },
    expected: ["release"],
  },
];

describe("decide", () => {
  it.each([...LIFE, ...DELETION])("$expected: $reason", ({ given, expected: [action, said] }) => {
    const decision = decide(situation(given), NOW_MS);

    expect(actionText(decision.action)).toBe(action);
    if (said !== undefined) expect(decision.claims.map(({ reason }) => reason)).toContain(said);
  });

  it("lets what is written of a resource stand while nobody has asked its account yet", () => {
    const wish = { fields: DESIRED, users: [], noAccount: UNASKED };
    const known = decide(situation({ wish, resource: resource({ conditions: [READY] }) }), NOW_MS);
    expect(known).toMatchObject({ action: { do: "nothing" }, claims: [] });
    expect(known.requeueAfterMs).toBe(TIMING.restMs);
  });

  it("never claims Reconciling and Stalled at once, and each type once", () => {
    for (const { given } of [...LIFE, ...DELETION]) {
      const types = decide(situation(given), NOW_MS).claims.map(({ type }) => type);

      expect(new Set(types).size).toBe(types.length);
      expect(types.includes("Reconciling") && types.includes("Stalled")).toBe(false);
    }
  });

  it("comes back by itself wherever it waits for the provider", () => {
    const { requeueAfterMs } = decide(
      situation({ observation: sees(thing("17", { phase: "busy" })) }),
      NOW_MS,
    );

    expect(requeueAfterMs).toBe(TIMING.activeMs);
  });

  it("gives every rule a sentence", () => {
    const rules = [...RULES_BEFORE_LOOKING, ...RULES_OF_DELETION, ...RULES_OF_LIFE];

    for (const { name, because } of rules) {
      expect(name).not.toBe("");
      expect(because).toMatch(/^[A-Z].*\.$/);
    }
  });
});

function actionText(action: ReturnType<typeof decide>["action"]): string {
  switch (action.do) {
    case "change":
      return `change:${action.operation}`;
    case "remove":
      return `remove:${action.ids.join(",")}`;
    default:
      return action.do;
  }
}
