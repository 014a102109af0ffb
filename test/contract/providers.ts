import { elementKinds } from "./element.ts";
import { hpcParkKinds } from "./hpc-park.ts";

/** Every kind that the port is implemented for and that people make. */
export const PROVIDERS = [...hpcParkKinds, ...elementKinds];
