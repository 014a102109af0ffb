import { ofEveryProvider } from "../every-provider.ts";
import { apiServer } from "./api-server.ts";
import { clocks } from "./clocks.ts";
import { cloud } from "./cloud.ts";
import { forgedRecords } from "./forged-records.ts";
import { leaders } from "./leaders.ts";
import { many } from "./many.ts";
import { staleViews } from "./stale-views.ts";
import type { Trial } from "./trial.ts";
import { unobserved } from "./unobserved.ts";
import { wrongInput } from "./wrong-input.ts";

const COURSES: readonly (() => readonly Trial[])[] = [
  staleViews,
  unobserved,
  apiServer,
  leaders,
  clocks,
  cloud,
  many,
  wrongInput,
  forgedRecords,
];

/** Every fault with a course of its own, but for those that need a control plane of their own. */
export const TRIALS: readonly Trial[] = ofEveryProvider(() => COURSES.flatMap((make) => make()));
