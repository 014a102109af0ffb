import { join } from "node:path";

/** The root of the checkout. */
export const PROJECT = join(import.meta.dirname, "..");
