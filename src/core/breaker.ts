/** Fewer missing things than this never trip the breaker: people do delete things in the panel. */
const TOLERATED = 5;
const TOLERATED_SHARE = 0.3;
/** Where there is so much and all of it is missing, that is as strange as many. */
const SEVERAL = 2;
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
 * A list that suddenly lacks more than max(5, 30 %) of the known things, or all of several, is more likely a fault, or another
 * account's, than the truth. Trust returns after two lists in a row that do not.
 *
 * @param known How many things are expected to be there: recorded by resources that are not on their way out.
 * @param missing How many of those the list lacks.
 */
export function judgeList(state: BreakerState, known: number, missing: number): BreakerState {
  const isMuch = missing > Math.max(TOLERATED, known * TOLERATED_SHARE);
  if (isMuch || (missing === known && known >= SEVERAL)) {
    return {
      suspicion: `the provider lists ${known - missing} of ${known} known things; check the token and the panel`,
      agreeingLists: 0,
    };
  }
  if (state.suspicion === undefined) return TRUSTED;
  const agreeingLists = state.agreeingLists + 1;
  return agreeingLists >= AGREEING_LISTS ? TRUSTED : { ...state, agreeingLists };
}
