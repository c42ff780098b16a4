import { expect, test, vi } from 'vitest'
import { listRuns } from '../../src/run/history.ts'
import { expectedTables, expectSameTables, openReader, readPublished } from '../support/expected.ts'
import { createLine, type Line } from '../support/line.ts'
import { expectExact, pagesRead, SOON, USERS_ONLY, waitForPages } from '../support/watching.ts'

test('a cancelled run is heard within a page, and leaves what is published', async () => {
  const line = await createLine({ users: 60, groups: 0 })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Cancelled', ...USERS_ONLY })
  await line.run(dataflow)
  const before = expectedTables(line.sandbox)
  for (let more = 0; more < 500; more++) line.sandbox.addUser()

  line.sandbox.tune({ latencyMs: 800 })
  const run = await line.request(dataflow)
  await waitForPages(line, 1, run)
  const { code, stdout } = await line.command('cancel', String(run), '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ run, state: 'cancelled', cause: 'cancelled' })
  const pages = await pagesRead(line, run)
  const asked = line.sandbox.requests.total
  await vi.waitFor(async () => expect(await activeJobs(line)).toBe(0), SOON)
  expect(await pagesRead(line, run)).toBe(pages)
  // what was under way, and what was read ahead of it
  expect(line.sandbox.requests.total - asked).toBeLessThanOrEqual(2)
  expectSameTables(await readPublished(line.databaseUrl, 'cancelled'), before)
})

test('a dataflow that is removed by its name takes its schemas and its secret along, and leaves its history', async () => {
  const line = await createLine({ users: 60, groups: 2 })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Removed' })
  await line.run(dataflow)
  await line.run(dataflow)
  expect(await line.command('dataflow', 'remove', 'Removed', '--confirm', 'Other')).toMatchObject({ code: 2 })
  await expectExact(line, 'removed')

  expect(await line.command('dataflow', 'remove', 'Removed', '--confirm', 'Removed')).toMatchObject({ code: 0 })
  const reader = openReader(line.databaseUrl)
  expect(await reader`select nspname from pg_namespace where nspname like 'removed%'`).toEqual([])
  expect(await reader`select * from poolkeeper.credentials`).toEqual([])
  expect(await listRuns(line.db)).toMatchObject([
    { run: 2, dataflow: 'Removed', state: 'succeeded', snapshot: null },
    { run: 1, dataflow: 'Removed', state: 'succeeded', snapshot: null },
  ])
})

async function activeJobs({ redis }: Line): Promise<number> {
  return redis.llen('bull:poolkeeper-stream:active')
}
