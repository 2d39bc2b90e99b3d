import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    // Run the files one at a time in one process, so that the CDK is loaded once.
    isolate: false,
    fileParallelism: false,
  },
});
