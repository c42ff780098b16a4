import { expect, test, vi } from 'vitest'
import { openReader } from '../support/expected.ts'
import { createLine } from '../support/line.ts'
import { startProcess } from '../support/processes.ts'
import { SOON, USERS_ONLY } from '../support/watching.ts'
import { freezeUntilTakenOver, ONE_STREAM } from './freezing.ts'
import { letLocksRunOut } from './locks.ts'
import { copyWithoutFence } from './unfenced.ts'

/** A test of the tests: what `zombie.test.ts` holds must not hold without the fence. */
test('without the fence, a worker that was frozen commits a page again when it wakes up', async () => {
  const command = await copyWithoutFence()
  const line = await createLine(ONE_STREAM)
  const dataflow = await line.createDataflow({ name: 'Unfenced', ...USERS_ONLY })
  await line.startHere(['scheduler'])
  await line.request(dataflow)
  const start = () => startProcess([command, 'worker'], line.env)
  const { sleeper } = await freezeUntilTakenOver(line, start, () => letLocksRunOut(line))
  const reader = openReader(line.databaseUrl)
  const countDoubles = async () => {
    const [rows] =
      await reader`select count(*)::int - count(distinct sub)::int as doubles from unfenced_snapshots.users_1`
    return rows?.doubles
  }
  await vi.waitFor(async () => expect(await countDoubles()).toBeGreaterThan(0), SOON)
  expect(sleeper.output()).not.toContain('turned away')
})
