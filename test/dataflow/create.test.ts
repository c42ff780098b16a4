import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, test } from 'vitest'
import { createDataflow } from '../../src/dataflow/create.ts'
import { findDataflow, listDataflows } from '../../src/dataflow/dataflow.ts'
import type { Database } from '../../src/db/database.ts'
import { AskError } from '../../src/errors.ts'
import { createTestDatabase } from '../support/database.ts'
import { example, ROLE, SECRET } from './examples.ts'
import { freshKeys } from './keys.ts'

const NOW = new Date('2026-11-24T12:00Z')
const keys = freshKeys()
let db: Database

beforeEach(async () => {
  ;({ db } = await createTestDatabase())
})

async function relations(schema: string): Promise<string[]> {
  const rows = await db.execute<{ relname: string }>(
    sql`select relname from pg_class where relnamespace = to_regnamespace(${schema}) and relkind in ('v', 'p') order by 1`,
  )
  return rows.map((row) => row.relname)
}

describe('creating a dataflow', () => {
  test('makes its views, its tables and its next slot', async () => {
    const input = example({ schedule: '30 2 * * *', timezone: 'Europe/Berlin', displayName: 'Customers' })
    const dataflow = await createDataflow(db, keys, input, NOW)
    expect(dataflow).toMatchObject({
      name: 'CustomerPool',
      displayName: 'Customers',
      region: 'eu-central-1',
      schema: 'customerpool',
      snapshotSchema: 'customerpool_snapshots',
      nextRunAt: new Date('2026-11-25T01:30Z'),
      credentials: { kind: 'access-key', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
    })
    expect(dataflow).toMatchObject({
      maxRemovedPercent: 15,
      maxRemovedRows: 20,
      timeoutMinutes: 1_440,
      noProgressMinutes: 30,
    })
    const views = ['group_members', 'groups', 'privacy_columns', 'privacy_tables', 'users']
    expect(await relations('customerpool')).toEqual(views)
    expect(await relations('customerpool_snapshots')).toContain('users')
    expect(await db.execute(sql`select * from customerpool.users`)).toHaveLength(0)
    expect(await db.execute(sql`select * from poolkeeper.published where snapshot_id is null`)).toHaveLength(1)
  })

  test('leaves the secret nowhere in the database in clear', async () => {
    await createDataflow(db, keys, example(), NOW)
    const [row] = await db.execute<{ everything: string }>(sql`
      select c::text || encode(c.sealed, 'escape') || d::text as everything
      from poolkeeper.credentials c, poolkeeper.dataflows d`)
    expect(row?.everything).toContain('AKIAIOSFODNN7EXAMPLE')
    expect(row?.everything).not.toContain(SECRET)
    expect(JSON.stringify(await findDataflow(db, 'CustomerPool'))).not.toContain(SECRET)
  })

  test('makes an external id for a role', async () => {
    const { credentials } = await createDataflow(db, [], example({ credentials: ROLE }))
    expect(credentials).toEqual({ ...ROLE, externalId: expect.stringMatching(/^[0-9a-f-]{36}$/) })
  })

  test('needs no key where there is no secret, and says so where there is one', async () => {
    await createDataflow(db, [], example({ credentials: { kind: 'ambient' } }))
    await expect(createDataflow(db, [], example({ name: 'Other' }))).rejects.toThrow(/no key to seal/)
    expect(await listDataflows(db)).toHaveLength(1)
  })

  test('is refused for a name that is taken in another case', async () => {
    await createDataflow(db, keys, example())
    await expect(createDataflow(db, keys, example({ name: 'CUSTOMERPOOL' }))).rejects.toThrow(
      /already a dataflow CUSTOMERPOOL/,
    )
  })

  test('of two at the same instant lets one through', async () => {
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => createDataflow(db, keys, example())))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(AskError)
    }
  })

  test.each(['customerpool', 'customerpool_snapshots'])('leaves alone a schema %s of somebody else', async (schema) => {
    await db.execute(sql`create schema ${sql.identifier(schema)}`)
    await expect(createDataflow(db, keys, example())).rejects.toThrow(`schema ${schema} that is not Poolkeeper's`)
    expect(await listDataflows(db)).toHaveLength(0)
  })

  test('takes names that SQL would have to quote', async () => {
    await createDataflow(db, keys, example({ name: 'Select' }))
    expect(await relations('"select"')).toContain('users')
  })
})

describe('finding a dataflow', () => {
  test('does not mind the case', async () => {
    await createDataflow(db, keys, example())
    expect((await findDataflow(db, 'customerPOOL')).name).toBe('CustomerPool')
  })

  test('that is not there names the one that may have been meant', async () => {
    await createDataflow(db, keys, example())
    const error = await findDataflow(db, 'CustomrPool').catch((error: unknown) => error)
    expect(error).toMatchObject({
      code: 'not-found',
      description: expect.stringContaining('Did you mean CustomerPool?'),
    })
    await expect(findDataflow(db, 'Elephant')).rejects.toMatchObject({ remedy: 'See `poolkeeper dataflow list`.' })
  })
})
