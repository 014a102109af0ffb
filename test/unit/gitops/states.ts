import { objectWith, type State } from "./state.ts";
import { ACCOUNTS } from "./states-of-accounts.ts";
import { stateOf } from "./states-by-rule.ts";
import { DELETION } from "./states-of-deletion.ts";
import { FAILURES } from "./states-of-failure.ts";
import { EARLY, LIFE, ON_THE_WAY, WAS_READY } from "./states-of-life.ts";

const [kstatus, argo] = ON_THE_WAY;

/** What no look of the operator has led to. */
const UNSEEN: readonly State[] = [
  {
    what: "the CRD filled in that nobody has looked yet",
    object: objectWith({ observedGeneration: -1 }),
    kstatus,
    argo,
  },
  {
    what: "the spec was changed after the last look",
    object: objectWith({ observedGeneration: 1, conditions: WAS_READY }, { generation: 2 }),
    kstatus,
    argo,
  },
];

export const ROWS = [...EARLY, ...LIFE, ...DELETION];

/** Every state that a resource can be in. */
export const STATES: readonly State[] = [...UNSEEN, ...ROWS.map(stateOf), ...FAILURES, ...ACCOUNTS];
