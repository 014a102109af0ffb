import { CREDENTIALS } from "./cloud-credentials.ts";
import { LIMITS } from "./cloud-limits.ts";
import { LISTS } from "./cloud-lists.ts";
import { ODD_ANSWERS } from "./cloud-odd-answers.ts";
import { OUTAGES } from "./cloud-outages.ts";
import type { Trial } from "./trial.ts";

/** HPC Park fails, lies, answers nonsense, or another account answers in its place. */
export const CLOUD: readonly Trial[] = [
  ...CREDENTIALS,
  ...LIMITS,
  ...LISTS,
  ...OUTAGES,
  ...ODD_ANSWERS,
];
