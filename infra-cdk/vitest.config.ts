import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    // One synthesis after another: each takes a core for itself.
    fileParallelism: false,
  },
});
