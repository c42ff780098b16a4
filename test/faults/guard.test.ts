import { expect, test } from 'vitest'
import type { Dataflow } from '../../src/dataflow/dataflow.ts'
import { editDataflow } from '../../src/dataflow/edit.ts'
import type { EditInput } from '../../src/dataflow/input.ts'
import { approveRun, cancelRun, discardRun } from '../../src/run/decide.ts'
import { findRun } from '../../src/run/history.ts'
import { subOf } from '../support/expected.ts'
import { createLine, type Line } from '../support/line.ts'
import { expectExact } from '../support/watching.ts'
import { holdUpAt, type Point } from './holdingUp.ts'
import { figure } from './round.ts'
import { type Watch, watchPublished } from './watch.ts'

test('a pool that shrank is held until somebody decides: discarded it changes nothing, approved it is published', async () => {
  const { line, dataflow, watch } = await createStage({ users: 100, groups: 3 })
  removeUsers(line, 60)

  const told = await line.command('run', 'Guarded', '--wait')
  expect(told.code).toBe(1)
  expect(told.stderr).toMatch(
    /^poolkeeper: Guarded, run 2 is held: It would remove 60 of 100 rows of users \(60 %\).*poolkeeper approve 2.*poolkeeper discard 2.*\n$/m,
  )
  expect(await findRun(line.db, 2)).toMatchObject({ state: 'held', cause: 'guard', snapshot: 2 })
  await discardRun(line.db, 2, 'somebody')
  expect((await watch.soFar()).seen).toHaveLength(2)

  const held = await line.run(dataflow)
  expect(held).toMatchObject({ state: 'held', cause: 'guard' })
  watch.allow()
  await approveRun(line.db, held.run, 'somebody')
  await expectExact(line, 'guarded')
  const { polls, seen } = await watch.stop()
  expect(seen).toHaveLength(3)
  figure('looks of the reader', polls)
})

test('tables that come back empty are held however small they were, and all of them are named', async () => {
  const { line, dataflow, watch } = await createStage({ users: 15, groups: 1 })
  const members = line.sandbox.groups().flatMap(({ GroupName }) => [...line.sandbox.members(GroupName)])
  for (const user of members) line.sandbox.changeUser(subOf(user) ?? '', { groups: [] })
  const noMembers = await line.run(dataflow)
  expect(noMembers).toMatchObject({ state: 'held', cause: 'guard' })
  expect(noMembers.description).toContain(`all ${members.length} rows of group_members, which came back empty`)

  line.sandbox.faults.add({ kind: 'losingList' })
  const nothing = await line.run(dataflow)
  expect(nothing).toMatchObject({ state: 'held', cause: 'guard' })
  expect(nothing.description).toMatch(/all 15 rows of users, .* and all \d+ rows of group_members, /)
  expect((await watch.stop()).seen).toHaveLength(2)
})

test('a dataflow says how much may go, or that everything may', async () => {
  const { line, dataflow, watch } = await createStage({ users: 60, groups: 1 })
  const runWith = async (settings: EditInput) => {
    await editDataflow(line.db, line.keys, dataflow.name, settings)
    return line.run(dataflow)
  }
  removeUsers(line, 20)
  watch.allow()
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })
  removeUsers(line, 10)
  expect(await runWith({ maxRemovedRows: 5 })).toMatchObject({ state: 'held', cause: 'guard' })
  watch.allow()
  expect(await runWith({ maxRemovedPercent: 30 })).toMatchObject({ state: 'succeeded' })
  removeUsers(line, 30)
  watch.allow()
  expect(await runWith({ maxRemovedPercent: null })).toMatchObject({ state: 'succeeded' })
  await expectExact(line, 'guarded')
  expect((await watch.stop()).seen).toHaveLength(5)
})

test('the next run replaces a held one, unless it fails or is cancelled; an approval meanwhile is no rollback', async () => {
  const { line, dataflow, watch } = await createStage({ users: 100, groups: 1 })
  removeUsers(line, 60)
  const first = await line.run(dataflow)
  const second = await line.run(dataflow)
  expect([first.state, second.state]).toEqual(['held', 'held'])
  expect(await findRun(line.db, first.run)).toMatchObject({ state: 'cancelled', cause: 'replaced', snapshot: null })
  const refused = await line.command('approve', String(first.run))
  expect(refused.code).toBe(4)
  expect(refused.stderr).toMatch(/^poolkeeper: Run 2 is not held: .* replaced by run 3, .*poolkeeper history.*\n$/)

  line.sandbox.faults.add({ kind: 'poolDeleted' })
  expect(await line.run(dataflow)).toMatchObject({ state: 'failed' })
  line.sandbox.faults.clear()
  await cancelRun(line.db, await line.request(dataflow), 'somebody')
  expect(await findRun(line.db, second.run)).toMatchObject({ state: 'held' })

  const underWay = await holdUpAt(line.databaseUrl, BEFORE_PUBLISHING)
  const next = await line.request(dataflow)
  await underWay.reached()
  watch.allow()
  await approveRun(line.db, second.run, 'somebody')
  await underWay.letGo()
  expect(await line.ended(next)).toMatchObject({ state: 'succeeded', cause: null })
  expect(await findRun(line.db, second.run)).toMatchObject({ state: 'succeeded' })
  await expectExact(line, 'guarded')
  expect((await watch.stop()).seen).toHaveLength(3)
})

test("users that still don't add up when they were read once more are held, the first time as well", async () => {
  const line = await createLine({ users: 2_000, groups: 1 })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Guarded' })
  const watch = watchPublished(line, 'guarded')
  const lost = [...line.sandbox.users()].filter((user) => subOf(user)?.startsWith('a')).length
  const left = (2_000 - lost).toLocaleString('en')
  const takeAway = line.sandbox.faults.add({ kind: 'losingList', prefix: 'a' })
  const held = await line.run(dataflow)
  expect(held).toMatchObject({ state: 'held', cause: 'guard' })
  expect(held.description).toContain(
    `Cognito counts about 2,000, the shards brought ${left}, one stream of all users ${left}, which makes ${left} different ones.`,
  )
  expect((await watch.soFar()).seen).toHaveLength(1)

  takeAway()
  watch.allow()
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })
  expect(await findRun(line.db, held.run)).toMatchObject({ state: 'cancelled', cause: 'replaced' })
  await expectExact(line, 'guarded')
  await watch.stop()
})

const BEFORE_PUBLISHING: Point = { table: 'tasks', on: 'insert', when: 'before', only: "new.kind = 'publish'" }

interface Stage {
  readonly line: Line
  readonly dataflow: Dataflow
  readonly watch: Watch
}

/** A dataflow that was imported once and that somebody reads all the time. */
async function createStage(pool: { users: number; groups: number }): Promise<Stage> {
  const line = await createLine(pool)
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Guarded' })
  const watch = watchPublished(line, 'guarded')
  watch.allow()
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })
  return { line, dataflow, watch }
}

/** Removes those who signed up first. */
function removeUsers({ sandbox }: Line, count: number): void {
  for (const user of [...sandbox.users()].slice(0, count)) sandbox.deleteUser(subOf(user) ?? '')
}
