import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    retry: 0,
    // A limit for what hangs, not for what is slow: whole networks start in these tests, on machines with other work.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    globalSetup: ["test/hold-usual-ports.ts"],
    pool: "forks",
    maxWorkers: 2,
  },
});
