import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, test } from 'vitest'
import { userDevices } from '../../src/cognito/tables/userDevices.ts'
import { users } from '../../src/cognito/tables/users.ts'
import type { Database } from '../../src/db/database.ts'
import type { Column, TableShape } from '../../src/db/table.ts'
import { carryOver } from '../../src/snapshot/carryOver.ts'
import { finishTable } from '../../src/snapshot/finish.ts'
import type { Walk } from '../../src/snapshot/ring.ts'
import { createStaging, partitionOf, type StagedTable } from '../../src/snapshot/stage.ts'
import { createTables, qualified } from '../../src/snapshot/tables.ts'
import { createTestDatabase } from '../support/database.ts'
import { aBareDataflow, type TestDataflow } from '../support/dataflows.ts'

const USERS = users.shape(null)
const DEVICES = userDevices.shape(null)
const [BEFORE, NOW] = [1, 2]
const at = (minute: number) => `2026-01-01 00:0${minute}:00+00`

/** Came past a and b, of whom b has left the pool; not yet past c and d. */
const WALK: Walk = { from: null, to: { at: at(1), sub: 'b' } }

let db: Database
let dataflow: TestDataflow

const table = (shape: TableShape, snapshotId: number): StagedTable => ({ dataflow, snapshotId, shape })

async function addDevice(snapshot: number, sub: string, device: string, ip = '10.0.0.1', raw: object | null = null) {
  await db.execute(sql`insert into ${partitionOf(table(DEVICES, snapshot))} (snapshot_id, sub, device_key, last_ip, raw_values)
    values (${snapshot}, ${sub}, ${device}, ${ip}, ${raw && JSON.stringify(raw)})`)
}

async function devices() {
  const rows = await db.execute(sql`select sub, device_key, last_ip, raw_values
    from ${qualified(dataflow.snapshotSchema, 'user_devices')} where snapshot_id = ${NOW} union all
    select sub, device_key, last_ip, raw_values from ${partitionOf(table(DEVICES, NOW))}
    where not exists (select from pg_inherits where inhrelid = ${`${dataflow.snapshotSchema}.user_devices_2`}::regclass)
    order by 1, 2`)
  return rows.map(({ sub, device_key, last_ip, raw_values }) => [sub, device_key, last_ip, raw_values])
}

beforeEach(async () => {
  ;({ db } = await createTestDatabase())
  dataflow = await aBareDataflow(db)
  await createTables(db, dataflow, [USERS, DEVICES])
  for (const snapshot of [BEFORE, NOW]) await createStaging(db, dataflow, snapshot, [USERS, DEVICES])
  for (const [sub, minute] of [
    ['a', 0],
    ['c', 2],
    ['d', 3],
  ] as const) {
    await db.execute(sql`insert into ${partitionOf(table(USERS, NOW))} (snapshot_id, sub, last_modified_at)
      values (${NOW}, ${sub}, ${at(minute)})`)
  }
  for (const sub of ['a', 'b', 'c', 'd', 'gone']) await addDevice(BEFORE, sub, 'old', '10.0.0.1', { x: sub })
  await finishTable(db, table(DEVICES, BEFORE))
  await addDevice(NOW, 'a', 'new')
})

const carry = (walk = WALK, from: TableShape | null = DEVICES, to: TableShape = DEVICES) =>
  db.transaction((tx) =>
    carryOver(tx, table(to, NOW), table(USERS, NOW), walk, from && { snapshotId: BEFORE, shape: from }),
  )

const WHOLE = [
  ['a', 'new', '10.0.0.1', null],
  ['c', 'old', '10.0.0.1', { x: 'c' }],
  ['d', 'old', '10.0.0.1', { x: 'd' }],
]

describe('carrying over', () => {
  test('gives their rows to those who were not asked, and nothing to those who were or are gone', async () => {
    await carry()
    expect(await devices()).toEqual(WHOLE)
  })

  test('comes to the same when a second publisher does it again, even when the table is finished', async () => {
    await carry()
    await carry()
    expect(await devices()).toEqual(WHOLE)
    await finishTable(db, table(DEVICES, NOW))
    await carry()
    expect(await devices()).toEqual(WHOLE)
  })

  test('does nothing on a first import', async () => {
    await carry(WALK, null)
    expect(await devices()).toEqual([['a', 'new', '10.0.0.1', null]])
  })

  test('leaves nothing where in the end nobody could be asked', async () => {
    await carry({ from: null, to: null }, null)
    expect(await devices()).toEqual([])
  })

  test('does not carry over bare what is treated now: that is null until it is read again', async () => {
    await carry(WALK, DEVICES, treated({ last_ip: 'hash' }))
    expect(await devices()).toEqual([
      ['a', 'new', '10.0.0.1', null],
      ['c', 'old', null, null],
      ['d', 'old', null, null],
    ])
  })

  test('nor what was hashed with another key', async () => {
    const hashed = treated({ last_ip: 'hash' })
    await carry(WALK, treated({ last_ip: 'hash' }, 'with another key'), hashed)
    expect((await devices())[1]).toEqual(['c', 'old', null, null])
    await carry(WALK, hashed, hashed)
    expect((await devices())[1]).toEqual(['c', 'old', '10.0.0.1', { x: 'c' }])
  })

  test('carries no row whose key is treated otherwise', async () => {
    await carry(WALK, treated({ device_key: 'hash' }))
    expect(await devices()).toEqual([['a', 'new', '10.0.0.1', null]])
  })
})

function treated(treatments: Readonly<Record<string, Column['treatment']>>, comment?: string): TableShape {
  const columns = DEVICES.columns.map((column) => {
    const treatment = treatments[column.name]
    return treatment ? { ...column, treatment, comment: comment ?? column.comment } : column
  })
  return { ...DEVICES, columns }
}
