import { defineConfig } from "vitest/config";

/** Apart from the others: it needs a Docker engine. */
export default defineConfig({
  test: {
    name: "image",
    include: ["test/image/**/*.test.ts"],
    globalSetup: ["test/image/setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
