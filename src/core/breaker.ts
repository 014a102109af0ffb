/** Fewer missing things than this never trip the breaker: people do delete things in the panel. */
const TOLERATED = 5;
const TOLERATED_SHARE = 0.3;
/** Lists in a row that must show what is known before the account is trusted again. */
const AGREEING_LISTS = 2;

export interface BreakerState {
  /** Why the account is not trusted; undefined while it is. */
  readonly suspicion?: string;
  readonly agreeingLists: number;
}

export const TRUSTED: BreakerState = { agreeingLists: AGREEING_LISTS };

/**
 * Judges one complete list by what is known to exist.
 *
 * A list that suddenly lacks more than max(5, 30 %) of the known things is more likely a fault, or another account's,
 * than the truth. Trust returns after two lists in a row that do not.
 *
 * @param known How many things resources that are not being deleted have recorded.
 * @param missing How many of those the list lacks.
 */
export function judgeList(state: BreakerState, known: number, missing: number): BreakerState {
  if (missing > Math.max(TOLERATED, known * TOLERATED_SHARE)) {
    return {
      suspicion: `the provider lists ${known - missing} of ${known} known things; check the token and the panel`,
      agreeingLists: 0,
    };
  }
  if (state.suspicion === undefined) return TRUSTED;
  const agreeingLists = state.agreeingLists + 1;
  return agreeingLists >= AGREEING_LISTS ? TRUSTED : { ...state, agreeingLists };
}
