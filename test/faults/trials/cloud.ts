import { credentials } from "./cloud-credentials.ts";
import { limits } from "./cloud-limits.ts";
import { lyingLists } from "./cloud-lists.ts";
import { oddAnswers } from "./cloud-odd-answers.ts";
import { outages } from "./cloud-outages.ts";
import type { Trial } from "./trial.ts";

/** The provider fails, lies, answers nonsense, or another account answers in its place. */
export const cloud = (): readonly Trial[] => [
  ...credentials(),
  ...limits(),
  ...lyingLists(),
  ...outages(),
  ...oddAnswers(),
];
