import * as fc from "fast-check";
import { describe, it } from "vitest";
import { decide } from "../../../src/core/decide.ts";
import { identify } from "../../../src/core/identity.ts";
import { markerOf } from "../../../src/core/marker.ts";
import type { RemoteThing } from "../../../src/core/observation.ts";
import type { Situation } from "../../../src/core/situation.ts";
import {
  DESIRED,
  FOREIGN_MARKER,
  MARKER,
  NOW_MS,
  resource,
  situation,
  thing,
} from "./situations.ts";

const optional = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(arbitrary, { nil: undefined });

const things: fc.Arbitrary<RemoteThing> = fc
  .record({
    id: fc.constantFrom("7", "8", "17"),
    label: fc.constantFrom(`a ${MARKER}`, `b ${FOREIGN_MARKER}`, "no marker"),
    phase: fc.constantFrom("settled", "busy", "deleting", "failed", "unknown"),
    usedBy: fc.constantFrom([], ["instance 4"]),
    fields: fc.constantFrom(DESIRED, { ...DESIRED, size: 1 }, { ...DESIRED, power: "Off" }, {}),
  } as const)
  .map(({ id, ...changes }) => thing(id, changes));

/** Observations as `observe` can make them: what is marked bears our marker, what is named has the id asked for. */
const situations: fc.Arbitrary<Situation> = fc
  .record({
    flags: fc.record({
      isPaused: fc.boolean(),
      isDeleting: fc.boolean(),
      hasFinalizer: fc.boolean(),
      deletionPolicy: fc.constantFrom("Delete", "Retain"),
      isProtected: fc.boolean(),
      managementPolicy: fc.constantFrom("Full", "ObserveOnly"),
      recreatePolicy: fc.constantFrom("Always", "Never"),
    } as const),
    id: optional(fc.constantFrom("7", "17")),
    isAdopted: fc.boolean(),
    intent: optional(
      fc.record({ attempt: fc.integer({ min: 1, max: 3 }), time: fc.constant("t") }),
    ),
    seenAgoMs: optional(fc.integer({ min: 0, max: 100_000 })),
    list: fc.uniqueArray(things, { selector: ({ id }) => id, maxLength: 3 }),
    suspicion: optional(fc.constant("odd")),
    rival: optional(fc.constant("another")),
  })
  .map(({ flags, id, isAdopted, intent, seenAgoMs, list, suspicion, rival }) => {
    const named = list.find((one) => one.id === id);
    return situation({
      resource: resource({
        ...flags,
        ...(id === undefined ? {} : isAdopted ? { adoptId: id } : { recordedId: id }),
        ...(intent === undefined ? {} : { intent }),
      }),
      wish: { fields: DESIRED, users: [], ...(rival === undefined ? {} : { rival }) },
      memory: seenAgoMs === undefined ? {} : { intentSeenAtMs: NOW_MS - seenAgoMs },
      observation: {
        lookedAtMs: NOW_MS,
        marked: list.filter(({ label }) => markerOf(label) === MARKER),
        credential: "first",
        isNamedListed: true,
        isNamedGone: named === undefined,
        ...(named === undefined ? {} : { named }),
      },
      suspicion,
    });
  });

describe("decide, whatever the situation", () => {
  it("touches only what bears our marker or was adopted", () => {
    fc.assert(
      fc.property(situations, (given) => {
        const { action } = decide(given, NOW_MS);
        const touched =
          action.do === "remove" ? action.ids : action.do === "change" ? [action.id] : [];
        const { observation, resource: owner } = given;
        return touched.every(
          (id) =>
            id === owner.adoptId ||
            (observation?.marked ?? []).some(
              (one) => one.id === id && markerOf(one.label) === MARKER,
            ),
        );
      }),
      { numRuns: 5_000 },
    );
  });

  it("creates only where nothing of ours exists, nothing can still appear, and it may", () => {
    fc.assert(
      fc.property(situations, (given) => {
        if (decide(given, NOW_MS).action.do !== "create" || given.observation === undefined)
          return true;
        const { resource: owner, suspicion, memory, timing } = given;
        const isQuiet =
          owner.intent === undefined && memory.intentSeenAtMs === undefined
            ? true
            : NOW_MS >= (memory.intentSeenAtMs ?? Infinity) + timing.quietMs;
        return (
          isQuiet &&
          suspicion === undefined &&
          !owner.isDeleting &&
          owner.managementPolicy === "Full" &&
          identify(owner, given.observation).is === "absent"
        );
      }),
      { numRuns: 5_000 },
    );
  });

  it("releases only what is to stay, is another's, or is proven gone", () => {
    fc.assert(
      fc.property(situations, (given) => {
        const { action } = decide(given, NOW_MS);
        if (action.do !== "release" || given.observation === undefined) return true;
        const { resource: owner, wish } = given;
        if (owner.deletionPolicy === "Retain" || owner.managementPolicy === "ObserveOnly")
          return true;
        const identity = identify(owner, given.observation);
        return (
          identity.is === "refused" ||
          wish.rival !== undefined ||
          (identity.is === "absent" && identity.isProven)
        );
      }),
      { numRuns: 5_000 },
    );
  });

  it("never deletes all that lives of what is protected, nor what is recorded of it", () => {
    fc.assert(
      fc.property(situations, (given) => {
        const protectedOne = { ...given.resource, isProtected: true };
        const { action } = decide({ ...given, resource: protectedOne }, NOW_MS);
        if (action.do !== "remove") return true;
        const living = (given.observation?.marked ?? []).filter(
          ({ phase }) => phase !== "deleting",
        );
        const left = living.map(({ id }) => id).filter((id) => !action.ids.includes(id));
        const { recordedId } = protectedOne;
        const isRecordedAlive = living.some(({ id }) => id === recordedId);
        return left.length === 1 && (!isRecordedAlive || left[0] === recordedId);
      }),
      { numRuns: 5_000 },
    );
  });

  it("deletes and creates nothing while the account is suspect", () => {
    fc.assert(
      fc.property(situations, (given) => {
        const { action } = decide({ ...given, suspicion: "odd" }, NOW_MS);
        return action.do !== "create" && action.do !== "remove";
      }),
      { numRuns: 5_000 },
    );
  });
});
