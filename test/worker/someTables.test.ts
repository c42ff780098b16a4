import { eq } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { tasks } from '../../src/db/schema/tasks.ts'
import type { TableShape } from '../../src/db/table.ts'
import { publishedImport } from '../../src/snapshot/shapes.ts'
import { fenced } from '../../src/worker/fenced.ts'
import { carryTables, chooseTables } from '../../src/worker/someTables.ts'
import { createTestDatabase } from '../support/database.ts'
import { aDataflow, MEMBERS, type TestDataflow, USERS } from '../support/dataflows.ts'
import { aPublishedImport, people, rowsOf } from '../support/imports.ts'
import { aStreamingRun, claimed } from '../support/runs.ts'

const POOL = { poolId: 'eu-central-1_AbCdEf123' }
const CARRIED = { ...USERS, carried: true } as const
const MASKED = { ...USERS, columns: USERS.columns.map((column) => ({ ...column, treatment: 'mask' as const })) }

let db: Database
let dataflow: TestDataflow

beforeAll(async () => {
  ;({ db } = await createTestDatabase())
})

beforeEach(async () => {
  dataflow = await aDataflow(db)
})

const choose = (asked: readonly string[] | null, { shapes = [USERS, MEMBERS], pool = POOL } = {}) =>
  chooseTables({ db, dataflow, pool }, asked, shapes)

describe('what a run of some tables reads', () => {
  test('is everything where nobody chose', async () => {
    expect(await choose(null)).toEqual({ shapes: [USERS, MEMBERS], notes: [] })
  })

  test('is what was asked for, once readers see the rest', async () => {
    const users = 'users was read as well: nothing has been published yet.'
    expect(await choose(['group_members'])).toEqual({ shapes: [USERS, MEMBERS], notes: [users] })
    await aPublishedImport(db, dataflow)
    expect(await choose(['group_members'])).toEqual({ shapes: [CARRIED, MEMBERS], notes: [] })
  })

  test.each<[string, RegExp, { shapes?: TableShape[]; pool?: typeof POOL }]>([
    ['is of another pool', /is of another pool/, { pool: { poolId: 'eu-central-1_Another00' } }],
    ['is treated otherwise', /have changed since/, { shapes: [MASKED, MEMBERS] }],
    ['lacks a column', /have changed since/, { shapes: [{ ...USERS, columns: USERS.columns.slice(1) }, MEMBERS] }],
    ['was not imported', /no rows of it yet/, { shapes: [{ ...USERS, table: 'others' }, MEMBERS] }],
  ])('is with it what %s', async (_, reason, otherwise) => {
    await aPublishedImport(db, dataflow)
    const { shapes, notes } = await choose(['group_members'], otherwise)
    expect(shapes.some(({ carried }) => carried)).toBe(false)
    expect(notes).toEqual([expect.stringMatching(reason)])
  })

  test('can not be what its dataflow does not import any more', async () => {
    await expect(choose(['groups'])).rejects.toMatchObject({ name: 'GiveUpError', code: 'bad-configuration' })
  })
})

describe('carrying over what was not read', () => {
  /** A run that is about to publish, and how its publisher carries the users over. */
  async function aRunThatCarries() {
    const run = await aStreamingRun(db, dataflow)
    const [, stream] = await db.select().from(tasks).where(eq(tasks.runId, run)).orderBy(tasks.id)
    const claim = await claimed(db, stream?.id ?? 0)
    const standing = await publishedImport(db, dataflow.id)
    const carry = (from = standing) =>
      fenced(db, claim, (tx) => carryTables(tx, { db, dataflow, pool: POOL }, claim, [CARRIED, MEMBERS], from))
    const subs = async () => (await rowsOf(db, dataflow.snapshotSchema, `users_${run}`)).map(({ sub }) => sub)
    return { task: claim.task.id, standing, carry, subs }
  }

  test('gives readers the rows that they saw last, however often and from what it was done before', async () => {
    await aPublishedImport(db, dataflow, { users: people('ada', 'bob') })
    const before = await publishedImport(db, dataflow.id)
    await aPublishedImport(db, dataflow, { users: people('bob', 'cleo') })
    const { carry, subs } = await aRunThatCarries()
    expect([await carry(before), await carry(), await carry()]).toEqual([true, true, true])
    expect(await subs()).toEqual(['bob', 'cleo'])
  })

  test('changes nothing once somebody else has the task', async () => {
    await aPublishedImport(db, dataflow, { users: people('ada') })
    const { task, carry, subs } = await aRunThatCarries()
    await claimed(db, task, 'another')
    expect(await carry()).toBe(false)
    expect(await subs()).toEqual([])
  })

  test('fails where what is published meanwhile is treated otherwise', async () => {
    await aPublishedImport(db, dataflow, { users: people('ada') })
    const { standing, carry, subs } = await aRunThatCarries()
    const carrying = carry(standing && { ...standing, tables: [MASKED, MEMBERS] })
    await expect(carrying).rejects.toMatchObject({
      code: 'changed-meanwhile',
      message: expect.stringContaining(`another import of ${dataflow.name} was published, and users`),
    })
    expect(await subs()).toEqual([])
  })
})
