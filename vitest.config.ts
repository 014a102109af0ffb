import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/{unit,contract,model}/**/*.test.ts"],
          // By itself vitest would leave one core idle.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "integration",
          include: ["test/{integration,bench}/**/*.test.ts"],
          globalSetup: ["test/control-plane-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // One API server serves all files, which wait more than they compute: two cores serve three at a time.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
