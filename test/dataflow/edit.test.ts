import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, test } from 'vitest'
import { createDataflow } from '../../src/dataflow/create.ts'
import { openCredentials } from '../../src/dataflow/credentials.ts'
import { findDataflow } from '../../src/dataflow/dataflow.ts'
import { editDataflow } from '../../src/dataflow/edit.ts'
import type { EditInput } from '../../src/dataflow/input.ts'
import type { Database } from '../../src/db/database.ts'
import type { Purpose } from '../../src/db/table.ts'
import { createTestDatabase } from '../support/database.ts'
import { ACCESS_KEY, example, ROLE } from './examples.ts'
import { freshKeys } from './keys.ts'

const CREATED = new Date('2026-11-20T12:00Z')
const NOW = new Date('2026-11-24T12:00Z')
const keys = freshKeys()
let db: Database

beforeEach(async () => {
  ;({ db } = await createTestDatabase())
  await createDataflow(db, keys, example({ schedule: '0 3 * * *' }), CREATED)
})

const edit = (patch: EditInput) => editDataflow(db, keys, 'customerpool', patch, NOW)

async function views(): Promise<string[]> {
  const rows = await db.execute<{ viewname: string }>(
    sql`select viewname from pg_views where schemaname = 'customerpool' order by 1`,
  )
  return rows.map((row) => row.viewname)
}

const forPurpose = (purpose: Purpose, ...sources: string[]) => sources.map((source) => ({ source, purpose }))
const only = (...sources: string[]) => forPurpose('All', ...sources)

const PRIVACY = ['privacy_columns', 'privacy_tables']

describe('editing a dataflow', () => {
  test('changes what is named and nothing else', async () => {
    const before = await findDataflow(db, 'CustomerPool')
    const changes = {
      ...{ description: 'All customers', maxRemovedPercent: null, maxRemovedRows: 0 },
      ...{ timeoutMinutes: 60, noProgressMinutes: 5, freshnessMinutes: 1_560 },
    }
    expect(await edit(changes)).toEqual({ ...before, ...changes, version: before.version + 1, updatedAt: NOW })
  })

  test('reckons a new schedule or time zone from now', async () => {
    expect((await edit({ schedule: '0 4 * * *' })).nextRunAt).toEqual(new Date('2026-11-25T04:00Z'))
    expect((await edit({ timezone: 'Europe/Berlin' })).nextRunAt).toEqual(new Date('2026-11-25T03:00Z'))
    expect(await edit({ schedule: null })).toMatchObject({ schedule: null, nextRunAt: null })
  })

  test('pauses, and resumes without making up for missed slots', async () => {
    expect(await edit({ paused: true, pauseReason: 'audit' })).toMatchObject({ pausedAt: NOW, pauseReason: 'audit' })
    expect(await edit({ paused: false })).toMatchObject({
      pausedAt: null,
      pauseReason: null,
      nextRunAt: new Date('2026-11-25T03:00Z'),
    })
  })

  test('leaves a slot that is due alone when it is told to resume what is not paused', async () => {
    const { nextRunAt } = await findDataflow(db, 'CustomerPool')
    expect((await edit({ paused: false })).nextRunAt).toEqual(nextRunAt)
  })

  test('takes the view of a table away, and gives it back', async () => {
    await edit({ tables: only('users') })
    expect(await views()).toEqual([...PRIVACY, 'users'])
    await edit({ tables: only('users', 'groups') })
    expect(await views()).toEqual(['groups', ...PRIVACY, 'users'])
  })

  test('takes the view of a table away that is to be catalogued only, and gives it back', async () => {
    await edit({ tables: forPurpose('Privacy-Metadata', 'users') })
    expect(await views()).toEqual(PRIVACY)
    await edit({ tables: only('users') })
    expect(await views()).toEqual([...PRIVACY, 'users'])
  })

  test('takes the privacy tables away where no table is catalogued any more, and gives them back', async () => {
    await edit({ tables: forPurpose('Customer 360', 'users') })
    expect(await views()).toEqual(['users'])
    await edit({ tables: forPurpose('Privacy-Metadata', 'users') })
    expect(await views()).toEqual(PRIVACY)
  })

  test("does not take a view away that somebody's view needs, and names that", async () => {
    await db.execute(sql`create view public.report as select name from customerpool.groups`)
    await expect(edit({ tables: only('users') })).rejects.toThrow(/view report depends on view customerpool.groups/)
    expect((await findDataflow(db, 'CustomerPool')).tables).toHaveLength(3)
  })

  test('moves to another pool with its Region, and refuses a Region that is not the pool’s', async () => {
    const moved = { poolId: 'us-east-1_XyZ', region: 'us-east-1' }
    expect(await edit({ poolId: moved.poolId, credentials: ACCESS_KEY })).toMatchObject(moved)
    await expect(edit({ region: 'eu-west-1' })).rejects.toThrow(/is in the Region us-east-1, not in eu-west-1/)
  })

  test('asks for the secret again where the pool changes, and only there', async () => {
    const moving = edit({ poolId: 'us-east-1_XyZ', description: 'moved' })
    await expect(moving).rejects.toMatchObject({ code: 'bad-input', remedy: expect.stringContaining('credentials') })
    expect(await findDataflow(db, 'CustomerPool')).toMatchObject({ poolId: example().poolId, description: '' })
    await edit({ poolId: example().poolId, region: 'eu-central-1', description: 'stays' })
    await edit({ credentials: ROLE })
    expect(await edit({ poolId: 'us-east-1_XyZ' })).toMatchObject({ region: 'us-east-1', credentials: ROLE })
  })

  test('replaces the credentials, and keeps a role’s external id for its trust policy', async () => {
    const { credentials: first } = await edit({ credentials: ROLE })
    await edit({ credentials: ACCESS_KEY })
    const { credentials: again, id } = await edit({ credentials: ROLE })
    expect(again).toEqual(first)
    expect(await openCredentials(db, [], id)).toEqual(first)
  })

  test('of what is not there says so', async () => {
    await expect(editDataflow(db, keys, 'Nobody', {})).rejects.toMatchObject({ code: 'not-found' })
  })
})
