import { kill, type SeededBug } from "./seeded-bug.ts";

/** Mistakes about the API server and about leading. */
export const BUGS_OF_THE_CLUSTER: readonly SeededBug[] = [
  {
    name: "the journal's patch has no resourceVersion",
    edits: [
      {
        file: "controller/act.ts",
        find: "const patch = { metadata: { uid, resourceVersion, ...metadata } };",
        replace: "void resourceVersion;\n  const patch = { metadata: { uid, ...metadata } };",
      },
    ],
    trials: [
      "API server left behind: before the journal, the provider too",
      "API server left behind: before the journal",
      "API server left behind: before the id",
    ],
  },
  {
    name: "a failed patch of the id is swallowed, and only the id is looked for",
    edits: [
      {
        file: "controller/report.ts",
        find: "      signal,\n    ),\n    runtime.ownWrites,\n  );\n  return true;",
        replace:
          "      signal,\n    ),\n    runtime.ownWrites,\n  ).catch(() => undefined);\n  memory.version.isInDoubt = false;\n  return true;",
      },
      {
        file: "core/identity.ts",
        find: "candidates.find((thing) => thing.id === recordedId) ?? candidates[0]",
        replace: "candidates.find((thing) => thing.id === recordedId)",
      },
      {
        file: "controller/act.ts",
        find: "    memory.brought(thing.id, context.object, connection);\n",
        replace: "",
      },
    ],
    scenario: "create",
    shows: (fault) => fault.type === "cut" && fault.side === "Kubernetes",
  },
  {
    name: "only the first page of a list is read",
    edits: [
      {
        file: "kube/reflector.ts",
        find: "      token = page.continue;\n      if (token === undefined) return",
        replace: "      token = page.continue;\n      if (items.length > 0) return",
      },
      {
        file: "kube/reflector.ts",
        find: "pageSize = PAGE_SIZE",
        replace: "pageSize = 2",
      },
    ],
    scenario: "five at once",
    shows: kill,
  },
  {
    name: "the lease is measured with the wall clock",
    edits: [
      {
        file: "kube/lease.ts",
        find: "now: () => performance.now(),",
        replace: "now: () => Date.now(),",
      },
    ],
    trials: ["leader's clock set an hour ahead", "leader's clock set an hour behind"],
  },
  {
    name: "no deadline is checked before a write",
    edits: [
      {
        file: "operator.ts",
        find: "if (this.#lease === undefined || this.#lease.isHeld()) return;",
        replace: "if (this.#lease === undefined || this.#lease.acquired !== undefined) return;",
      },
      {
        file: "kube/lease.ts",
        find: "return this.#isLeading && this.#timeLeftMs() <= 0;",
        replace: "return false;",
      },
    ],
    trials: ["leader asleep"],
  },
  {
    name: "the lease is released before the drain",
    edits: [
      {
        file: "operator.ts",
        find: "manager.drain();\n    if (isLost)",
        replace:
          "manager.drain();\n    await this.#lease?.release(AbortSignal.timeout(1_000));\n    if (isLost)",
      },
    ],
    trials: ["SIGTERM in mid-POST", "handover in the middle of ten creates"],
  },
];
