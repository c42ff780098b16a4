import { randomInt } from 'node:crypto'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/services.ts',
    pool: 'forks',
    // Tests start servers and processes of their own; more files at a time than that make each other slow, not done.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // the faults strike at other moments in each run; a failure prints the seed
    provide: { faultRounds: 1, faultSeed: randomInt(1_000_000) },
  },
})
