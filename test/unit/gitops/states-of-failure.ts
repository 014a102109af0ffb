import { type FailureKind, judge } from "../../../src/core/failure.ts";
import { TIMING } from "../core/situations.ts";
import type { Kstatus } from "./kstatus.ts";
import { type ArgoHealth, reported, type State } from "./state.ts";
import { ON_THE_WAY, STUCK, WAS_READY } from "./states-of-life.ts";

type Expected = readonly [Kstatus, ArgoHealth];

/** What may pass by itself is in progress; what a human must mend has failed. */
const EXPECTED: Readonly<Record<FailureKind, Expected>> = {
  unauthorized: STUCK,
  forbidden: STUCK,
  invalid: STUCK,
  precondition: STUCK,
  quota: STUCK,
  conflict: ON_THE_WAY,
  "rate-limited": ON_THE_WAY,
  unavailable: ON_THE_WAY,
  "unknown-outcome": ON_THE_WAY,
};

const SCENES = [
  { what: "nothing is there yet", hasThing: false, hasReady: false, unseenForMs: 0 },
  { what: "it was seen lately", hasThing: true, hasReady: true, unseenForMs: 0 },
  { what: "it was not seen for long", hasThing: true, hasReady: true, unseenForMs: Infinity },
];

/** Each way in which a provider can fail, over each thing that may have stood there before. */
export const FAILURES: readonly State[] = Object.entries(EXPECTED).flatMap(
  ([kind, [kstatus, argo]]) =>
    SCENES.map(({ what, ...context }): State => {
      // The keys of the table are the kinds.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      const failure = { kind: kind as FailureKind, message: "the provider's words" };
      const { claims } = judge(failure, { ...context, timing: TIMING, failures: 1, random: 0 });
      const conditions = context.hasReady ? WAS_READY : [];
      return {
        what: `failure ${kind}: ${what}`,
        object: reported(claims, { conditions }),
        kstatus,
        argo,
      };
    }),
);
