import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    retry: 0,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: ["test/hold-usual-ports.ts"],
    pool: "forks",
    maxWorkers: 2,
  },
});
