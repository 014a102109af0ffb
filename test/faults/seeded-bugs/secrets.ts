import type { SeededBug } from "./seeded-bug.ts";

/** Mistakes about what nobody may read. */
export const BUGS_OF_SECRETS: readonly SeededBug[] = [
  {
    name: "what failed is told with the headers it was sent with",
    edits: [
      {
        file: "provider/http-exchange.ts",
        find: "      throw failure;",
        replace:
          "      throw new ProviderError(failure.kind, `${failure.message} (authorization: ${pass.token})`);",
      },
    ],
    scenario: "create",
    shows: (fault) => fault.type === "cut" && fault.side === "provider",
  },
];
