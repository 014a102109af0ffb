import { API_SERVER } from "./api-server.ts";
import { CLOCKS } from "./clocks.ts";
import { CLOUD } from "./cloud.ts";
import { FORGED_RECORDS } from "./forged-records.ts";
import { LEADERS } from "./leaders.ts";
import { MANY } from "./many.ts";
import { STALE_VIEWS } from "./stale-views.ts";
import type { Trial } from "./trial.ts";
import { UNOBSERVED } from "./unobserved.ts";
import { WRONG_INPUT } from "./wrong-input.ts";

/** Every fault with a course of its own, but for those that need a control plane of their own. */
export const TRIALS: readonly Trial[] = [
  ...STALE_VIEWS,
  ...UNOBSERVED,
  ...API_SERVER,
  ...LEADERS,
  ...CLOCKS,
  ...CLOUD,
  ...MANY,
  ...WRONG_INPUT,
  ...FORGED_RECORDS,
];
