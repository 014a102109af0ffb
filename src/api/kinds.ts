import { hpcAccountKind } from "./hpc-account.ts";
import { hpcInstanceKind } from "./hpc-instance.ts";
import { hpcStorageKind } from "./hpc-storage.ts";
import type { KindDefinition } from "./kind.ts";

/** Every kind that a CRD is generated for. */
export const kinds: readonly KindDefinition[] = [hpcAccountKind, hpcInstanceKind, hpcStorageKind];
