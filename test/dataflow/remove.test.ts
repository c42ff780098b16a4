import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, test } from 'vitest'
import { createDataflow } from '../../src/dataflow/create.ts'
import { type Dataflow, listDataflows } from '../../src/dataflow/dataflow.ts'
import { removeDataflow } from '../../src/dataflow/remove.ts'
import type { Database } from '../../src/db/database.ts'
import { findRun } from '../../src/run/history.ts'
import { requestRun } from '../../src/run/request.ts'
import { createTestDatabase } from '../support/database.ts'
import { example } from './examples.ts'
import { freshKeys } from './keys.ts'

const keys = freshKeys()
let db: Database
let dataflow: Dataflow

beforeEach(async () => {
  ;({ db } = await createTestDatabase())
  dataflow = await createDataflow(db, keys, example({ schedule: '@daily' }))
})

const remove = () => removeDataflow(db, 'customerpool', 'ada')

async function count(table: string): Promise<number> {
  const [row] = await db.execute<{ n: number }>(sql`select count(*) as n from ${sql.raw(table)}`)
  return row?.n ?? -1
}

describe('removing a dataflow', () => {
  test('drops its schemas and secrets, and frees its name', async () => {
    await remove()
    expect(await listDataflows(db)).toEqual([])
    expect(await count(`pg_namespace where nspname like 'customerpool%'`)).toBe(0)
    expect(await count('poolkeeper.credentials')).toBe(0)
    expect(await count('poolkeeper.published')).toBe(0)
    await createDataflow(db, keys, example())
    expect(await count('customerpool.users')).toBe(0)
  })

  test('ends its run, says in history who did it, and takes no other', async () => {
    const { id } = await requestRun(db, { dataflowId: dataflow.id, trigger: 'manual', requestedBy: 'ada' })
    await remove()
    expect(await findRun(db, id)).toMatchObject({
      state: 'cancelled',
      cause: 'removed',
      description: expect.stringContaining('removed by ada'),
    })
    expect(await count(`poolkeeper.tasks where state <> 'dropped'`)).toBe(0)
    const again = requestRun(db, { dataflowId: dataflow.id, trigger: 'manual', requestedBy: 'ada' })
    await expect(again).rejects.toMatchObject({ code: 'not-found' })
  })

  test("is refused while somebody's view needs it, and names that", async () => {
    await db.execute(sql`create view public.report as select sub from customerpool.users`)
    await expect(remove()).rejects.toThrow(/view report depends on view customerpool.users/)
    expect(await listDataflows(db)).toHaveLength(1)
    expect(await count('public.report')).toBe(0)
  })

  test('is refused while somebody keeps an object of their own in its schema', async () => {
    await db.execute(sql`create table customerpool.mine (id int)`)
    await expect(remove()).rejects.toThrow(/table customerpool.mine depends on schema customerpool/)
    expect(await count('customerpool.mine')).toBe(0)
  })

  test('does not wait for ever behind a reader, and changes nothing then', { timeout: 60_000 }, async () => {
    await db.transaction(async (reader) => {
      await reader.execute(sql`select * from customerpool.users`)
      await expect(remove()).rejects.toMatchObject({ code: 'table-locked' })
    })
    expect(await listDataflows(db)).toHaveLength(1)
    expect(await count('poolkeeper.credentials')).toBe(1)
  })

  test('twice at once removes it once, and the name may be taken again meanwhile', async () => {
    const outcomes = await Promise.allSettled([remove(), remove()])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })
})
