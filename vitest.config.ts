import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'apps/*/src/**/*.test.ts',
      'bench/**/*.test.ts',
      'console/src/**/*.test.ts',
      'test/**/*.test.ts',
    ],
    globalSetup: ['test/support/build.ts', 'test/support/temporary-folder.ts'],
    reporters: ['default', './test/support/reporter.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A browser on a busy machine takes its time.
    expect: { poll: { timeout: 10_000 } },
    // What runs side by side waits for the clock more than it works.
    maxConcurrency: 16,
    // Two cores: journeys start processes of their own.
    maxWorkers: 2,
  },
})
