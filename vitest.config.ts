import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    pool: 'forks',
    // Two workers: the suite forks embedding processes of its own, and small machines have two cores.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    globalSetup: ['tests/support/own-temporary-folder.ts', 'tests/support/build-shared-index.ts'],
  },
});
