import { expect, test } from 'vitest'
import type { RunRecord } from '../../src/run/history.ts'
import { subOf } from '../support/expected.ts'
import { createLine, type Line } from '../support/line.ts'
import { expectExact } from '../support/watching.ts'
import { figure } from './round.ts'
import { watchPublished } from './watch.ts'

/** Twelve attributes as long as Cognito allows: 25 kB a user, 1.5 MB a page, and 16 streams with two pages each. */
const LONG =
  'address family_name given_name locale middle_name name picture preferred_username profile website zoneinfo nickname'
    .split(' ')
    .map((name) => [name, 'x'.repeat(2_048)])

/** Where 16 streams of such pages are nearly always too much, and fewer are not (80 MB were enough for all, measured). */
const TIGHT_MB = 64

test('workers that run out of memory are followed by others: the run ends, and readers see old or new', {
  timeout: 150_000,
}, async () => {
  const { run, line, deaths } = await importLongUsers()
  expect([null, 'crash-loop']).toContain(run.cause)
  if (run.state === 'succeeded') await expectExact(line, 'long')
  figure(`workers that died at ${TIGHT_MB} MB`, deaths)
  figure('length of the run', run.seconds ?? 0, 's')
})

/** Publishes a pool, makes all its users long, and imports them with one worker after the other. */
async function importLongUsers() {
  const line = await createLine({ users: 2_000, groups: 1 })
  await line.startHere(['scheduler'])
  const dataflow = await line.createDataflow({ name: 'Long' })
  const watch = watchPublished(line, 'long')
  watch.allow()
  const roomy = line.start('worker')
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })
  roomy.kill('SIGTERM')
  await roomy.finished

  for (const user of [...line.sandbox.users()]) {
    line.sandbox.changeUser(subOf(user) ?? '', { attributes: Object.fromEntries(LONG) })
  }
  watch.allow()
  const { run, deaths } = await workUntilEnded(line, await line.request(dataflow))
  await watch.stop()
  return { line, run, deaths }
}

/** Starts a worker whenever there is none, as an orchestrator does. */
async function workUntilEnded(line: Line, runId: number): Promise<{ run: RunRecord; deaths: number }> {
  for (let deaths = 0; ; deaths++) {
    const worker = line.startWith({ NODE_OPTIONS: `--max-old-space-size=${TIGHT_MB}` }, 'worker')
    const run = await Promise.race([worker.finished.then(() => null), line.ended(runId)])
    if (run) return { run, deaths }
    expect(worker.output()).toContain('heap out of memory')
  }
}
