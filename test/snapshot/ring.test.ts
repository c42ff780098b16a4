import { sql } from 'drizzle-orm'
import { beforeAll, expect, test } from 'vitest'
import { users } from '../../src/cognito/tables/users.ts'
import type { Database } from '../../src/db/database.ts'
import type { Place } from '../../src/db/schema/snapshots.ts'
import { isRead, nextOnRing, type Walk } from '../../src/snapshot/ring.ts'
import { createStaging, partitionOf, type StagedTable } from '../../src/snapshot/stage.ts'
import { createTables } from '../../src/snapshot/tables.ts'
import { createTestDatabase } from '../support/database.ts'
import { aBareDataflow } from '../support/dataflows.ts'

let db: Database
let table: StagedTable

/** A sub and the minute of the last change; null for none that Postgres could hold. Two changed in the same minute. */
const USERS: readonly (readonly [sub: string, minute: number | null])[] = [
  ['nobody knows', null],
  ['B', 1],
  ['a', 1],
  ['c', 2],
  ['d', 3],
  ['e', 4],
]

beforeAll(async () => {
  ;({ db } = await createTestDatabase())
  const dataflow = await aBareDataflow(db)
  const shape = users.shape(null)
  table = { dataflow, snapshotId: 7, shape }
  await createTables(db, dataflow, [shape])
  await createStaging(db, dataflow, 7, [shape])
  for (const [sub, minute] of USERS) {
    await db.execute(sql`insert into ${partitionOf(table)} (snapshot_id, sub, username, last_modified_at)
      values (7, ${sub}, ${`name of ${sub}`}, ${minute === null ? null : `2026-01-01T00:0${minute}:00.000001Z`})`)
  }
})

const place = (sub: string, minute: number): Place => ({ at: `2026-01-01 00:0${minute}:00.000001+00`, sub })

/** Walks on from where the last step ended, so many users at a time, until nobody is left. */
async function walkOn(from: Place | null, step: number, steps = 10): Promise<string[]> {
  const seen: string[] = []
  let walk: Walk = { from, to: null }
  for (let n = 0; n < steps; n++) {
    const next = await nextOnRing(db, table, walk, step)
    seen.push(...next.map(({ sub }) => sub))
    const last = next.at(-1)
    if (!last) return seen
    walk = { from, to: { at: last.at, sub: last.sub } }
  }
  return seen
}

const IN_ORDER = USERS.map(([sub]) => sub)

test.each([1, 2, 4, 100])('the first walk begins with the oldest change, %i users at a time', async (step) => {
  expect(await walkOn(null, step)).toEqual(IN_ORDER)
})

test.each([1, 2, 4, 100])('a later one begins behind its place and goes round to it, by %i', async (step) => {
  expect(await walkOn(place('a', 1), step)).toEqual(['c', 'd', 'e', 'nobody knows', 'B', 'a'])
  expect(await walkOn(place('e', 4), step)).toEqual(IN_ORDER)
})

test('whoever stood at the place may have left the pool or changed since', async () => {
  expect(await walkOn(place('gone', 2), 2)).toEqual(['d', 'e', 'nobody knows', 'B', 'a', 'c'])
  expect(await walkOn(place('newest of all', 9), 2)).toEqual(IN_ORDER)
  expect(await walkOn(place('before all', 0), 2)).toEqual(['B', 'a', 'c', 'd', 'e', 'nobody knows'])
})

test('a user comes with the name that Cognito knows them by', async () => {
  const [first] = await nextOnRing(db, table, { from: null, to: place('d', 3) }, 1)
  expect(first).toMatchObject({ sub: 'e', username: 'name of e' })
})

test.each<[string, Walk, string[]]>([
  ['nobody before the first', { from: place('a', 1), to: null }, []],
  ['from the oldest on', { from: null, to: place('a', 1) }, ['nobody knows', 'B', 'a']],
  ['between its ends', { from: place('B', 1), to: place('d', 3) }, ['a', 'c', 'd']],
  ['round the end', { from: place('d', 3), to: place('B', 1) }, ['nobody knows', 'B', 'e']],
  ['everybody, once round', { from: place('a', 1), to: place('a', 1) }, IN_ORDER],
])('a walk has come past: %s', async (_, walk, subs) => {
  const rows = await db.execute(sql`select sub from ${partitionOf(table)} u where ${isRead('u', walk)}`)
  expect(rows.map(({ sub }) => sub).sort()).toEqual([...subs].sort())
})
