import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    // One after another in one process, which loads the CDK once.
    isolate: false,
    fileParallelism: false,
  },
});
