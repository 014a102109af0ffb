import { elementApplicationKind } from "./element-application.ts";
import { elementConsoleKind } from "./element-console.ts";
import { hpcAccountKind } from "./hpc-account.ts";
import { hpcInstanceKind } from "./hpc-instance.ts";
import { hpcNamespaceKind } from "./hpc-namespace.ts";
import { hpcStorageKind } from "./hpc-storage.ts";
import { hpcTokenKind } from "./hpc-token.ts";
import type { KindDefinition } from "./kind.ts";

/** Every kind that a CRD is generated for. */
export const kinds: readonly KindDefinition[] = [
  hpcAccountKind,
  hpcInstanceKind,
  hpcStorageKind,
  hpcNamespaceKind,
  hpcTokenKind,
  elementConsoleKind,
  elementApplicationKind,
];
