import { defineConfig } from 'vitest/config'

/** The dashboard as somebody's browser shows it, once, on embedded servers: Chromium knows nothing of what is behind. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    globalSetup: ['test/browser/chromium.ts', 'test/support/services.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 90_000,
    hookTimeout: 60_000,
  },
})
