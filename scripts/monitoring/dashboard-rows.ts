import type { Row } from "./panels.ts";
import { process, queues } from "./process-rows.ts";
import { providers } from "./provider-row.ts";
import { money, resources } from "./resource-rows.ts";

export const ROWS: readonly Row[] = [money, resources, providers, queues, process];
