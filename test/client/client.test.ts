import { beforeAll, expect, test } from 'vitest'
import { EVERYTHING_GRANTED } from '../../src/access/caller.ts'
import { createToken } from '../../src/access/token.ts'
import { createClient, type PoolkeeperClient } from '../../src/client/client.ts'
import type { Database } from '../../src/db/database.ts'
import { endRun } from '../../src/run/end.ts'
import { aDataflowWith, PEOPLE, publishRows } from '../dashboard/api/tables.ts'
import { openDashboard } from '../dashboard/visitor.ts'
import { createTestDatabase } from '../support/database.ts'

let db: Database
let client: PoolkeeperClient

beforeAll(async () => {
  const database = await createTestDatabase()
  db = database.db
  const { url, close } = await openDashboard({ databaseUrl: database.url })
  const grants = { ...EVERYTHING_GRANTED, name: 'report', createdBy: 'ana', expiresAt: null }
  client = createClient({ url, token: (await createToken(db, grants)).secret })
  const dataflow = await aDataflowWith(db, 'CustomerPool', PEOPLE)
  for (const sub of ['a1', 'b2', 'c3']) await publishRows(db, dataflow, PEOPLE, [{ sub }])
  return close
})

test('a run is requested and waited for, and tells how it goes on', async () => {
  const states: string[] = []
  const ended = await client.run('CustomerPool', { priority: 'nightly' }).wait({
    onProgress({ run }) {
      states.push(run.state)
      if (states.length === 1) void endRun(db, run.run, { to: 'cancelled', cause: 'cancelled', description: 'Enough.' })
    },
  })
  expect(ended).toMatchObject({ dataflow: 'CustomerPool', state: 'cancelled', priority: 'nightly', trigger: 'api' })
  expect(states).toEqual(['queued', 'cancelled'])
})

test('the same key makes one run', async () => {
  const [first, second] = [await request(), await request()]
  expect(second.run).toBe(first.run)
  expect(await client.runs.cancel(first.run)).toMatchObject({ state: 'cancelled' })

  function request() {
    return client.run('CustomerPool', { idempotencyKey: 'report-of-today' })
  }
})

test('a list is read page by page, as it is asked for', async () => {
  const runs: number[] = []
  for await (const { run } of client.runs.list({ state: 'succeeded', limit: 1 })) runs.push(run)
  expect(runs).toHaveLength(3)
  expect(runs).toEqual(runs.toSorted((a, b) => b - a))
})

test('of two people who change what they have read, the second is told', async () => {
  const { version } = await client.dataflows.show('customerpool')
  const changed = await client.dataflows.edit('CustomerPool', { keepSnapshots: 3 }, { version })
  expect(changed.keepSnapshots).toBe(3)
  await expect(client.dataflows.edit('CustomerPool', { keepSnapshots: 4 }, { version })).rejects.toMatchObject({
    ...{ status: 412, cause: 'changed-meanwhile', remedy: expect.stringMatching(/./) },
  })
})

test('a file is read as it comes', async () => {
  const { name, chunks } = await client.call('exportRows', { schema: 'customerpool', table: 'users' })
  let text = ''
  for await (const chunk of chunks) text += chunk
  expect(name).toMatch(/\.csv$/)
  expect(text).toContain('c3')
})
