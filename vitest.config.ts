import { randomInt } from 'node:crypto'
import { configDefaults, defineConfig } from 'vitest/config'
import { loadConfig } from './src/config.ts'

/** These bring all their servers along: on given ones they would do the same again, for 50 s of everybody's time. */
const OWN_SERVERS = [
  ...['test/embedded/**', 'test/e2e/start.test.ts', 'test/faults/network.test.ts', 'test/faults/diskFull.test.ts'],
]

/** What these are about is Cognito, AWS's credentials, or a worker's own memory: no other Postgres or Redis can change it. */
const NOT_ABOUT_SERVERS = [
  ...['test/sandbox/**', 'test/bench/**', 'test/structure/**', 'test/docs/tables.test.ts', 'test/e2e/causes.test.ts'],
  ...['test/e2e/sessions.test.ts', 'test/e2e/cognitoLocal.test.ts', 'test/faults/storms.test.ts'],
  ...['test/faults/memory.test.ts', 'test/faults/crashLoop.test.ts', 'test/faults/sizes.test.ts'],
]

/** These talk to no server at all, and took 100 s of a core for that a second time. */
const WITHOUT_SERVERS = [
  ...['test/*.test.ts', 'test/api/**', 'test/client/{request,send,watch}.test.ts', 'test/dashboard/status.test.ts'],
  ...['test/cognito/!(canonical|governor|storable).test.ts', 'test/cli/{output,usage}.test.ts'],
  ...[
    'test/dataflow/{input,name,schedule,seal,treatmentHints}.test.ts',
    'test/worker/{hold,questions,readAhead}.test.ts',
  ],
  ...['test/access/{address,caller}.test.ts', 'test/alert/{destination,message,publicAddress}.test.ts'],
]

const ONCE = [...OWN_SERVERS, ...NOT_ABOUT_SERVERS, ...WITHOUT_SERVERS]

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/browser/**', ...(loadConfig().databaseUrl ? ONCE : [])],
    globalSetup: 'test/support/services.ts',
    pool: 'forks',
    // Many wait for most of their time, for locks to run out or servers to come back: on two cores two files at a time left
    // them idle by 43 %. Each starts servers and processes of its own, so more would make each other slow, not done.
    maxWorkers: 3,
    testTimeout: 30_000,
    // they make and drop databases: once, beside faults, that stood still for 26 s and more
    hookTimeout: 60_000,
    // the faults strike at other moments in each run; a failure prints the seed
    provide: { faultRounds: 1, faultSeed: randomInt(1_000_000) },
  },
})
