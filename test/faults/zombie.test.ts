import { expect, test, vi } from 'vitest'
import { openReader } from '../support/expected.ts'
import { createLine } from '../support/line.ts'
import { expectExactlyOnce, SOON, stagedUsers, USERS_ONLY } from '../support/watching.ts'
import { freezeUntilTakenOver, ONE_STREAM } from './freezing.ts'
import { holdUpAt } from './holdingUp.ts'
import { figure } from './round.ts'
import { watchPublished } from './watch.ts'

test('a worker that was frozen past its lock is turned away when it wakes up', async () => {
  const line = await createLine(ONE_STREAM)
  const dataflow = await line.createDataflow({ name: 'Frozen', ...USERS_ONLY })
  await line.startHere(['scheduler'])
  const run = await line.request(dataflow)
  const { sleeper, successor } = await freezeUntilTakenOver(line, () => line.start('worker'))
  await vi.waitFor(() => expect(sleeper.output()).toContain('turned away'), SOON)
  expect(await line.ended(run)).toMatchObject({ state: 'succeeded' })
  expect(successor.output()).not.toContain('turned away')
  expect(await stagedUsers(line)).toBe([...line.sandbox.users()].length)
  await expectExactlyOnce(line, 'frozen')
})

test('a worker frozen in the middle of publishing, with its rows locked, holds up the next one for 17 s at most', async () => {
  const line = await createLine({ users: 40, groups: 2 })
  const dataflow = await line.createDataflow({ name: 'Frozen' })
  await line.startHere(['scheduler'])
  const watch = watchPublished(line, 'frozen')
  watch.allow()
  const sleeper = line.start('worker')
  const held = await holdUpAt(line.databaseUrl, { table: 'published', on: 'update', when: 'after' })
  const run = await line.request(dataflow)
  await held.reached()
  sleeper.kill('SIGSTOP')
  const frozenAt = performance.now()
  // its transaction has moved the pointer, and waits for a COMMIT that doesn't come
  await held.letGo()
  const reader = openReader(line.databaseUrl)
  const lockedRows = () => reader`select 1 from poolkeeper.published for update nowait`
  await expect(lockedRows()).rejects.toMatchObject({ code: '55P03' })
  line.start('worker')
  await line.ended(run)
  const heldUpFor = (performance.now() - frozenAt) / 1000
  expect(heldUpFor).toBeLessThan(17)
  sleeper.kill('SIGCONT')
  await vi.waitFor(() => expect(sleeper.output()).toMatch(/turned away|tried again|waiting/), SOON)
  await expectExactlyOnce(line, 'frozen')
  expect((await watch.stop()).seen).toHaveLength(2)
  figure('a frozen transaction holds others up', heldUpFor, 's')
})
