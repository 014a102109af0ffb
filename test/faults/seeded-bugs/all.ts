import { BUGS_OF_THE_CLUSTER } from "./cluster.ts";
import { BUGS_OF_CREATION } from "./creation.ts";
import { BUGS_OF_DELETION } from "./deletion.ts";
import { BUGS_OF_ELEMENT } from "./element.ts";
import { ofEveryProvider } from "../every-provider.ts";
import { BUGS_OF_RULES } from "./rules.ts";
import { BUGS_OF_SECRETS } from "./secrets.ts";
import type { SeededBug } from "./seeded-bug.ts";

const BUGS: readonly SeededBug[] = [
  ...BUGS_OF_ELEMENT,
  ...BUGS_OF_CREATION,
  ...BUGS_OF_DELETION,
  ...BUGS_OF_THE_CLUSTER,
  ...BUGS_OF_RULES,
  ...BUGS_OF_SECRETS,
];

export const SEEDED_BUGS = ofEveryProvider(() => BUGS);
