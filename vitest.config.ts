import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    retry: 0,
    // A limit for what hangs, not for what is slow: whole networks start in these tests, on machines with other work.
    testTimeout: 360_000,
    hookTimeout: 360_000,
    // The same for what is asked for again until it is so; a second, as it is otherwise, is soon over on a busy machine.
    expect: { poll: { timeout: 180_000 } },
    globalSetup: ["test/hold-usual-ports.ts"],
    pool: "forks",
    maxWorkers: 2,
  },
});
