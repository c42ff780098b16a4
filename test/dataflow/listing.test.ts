import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Listing, Place } from '../../src/dataflow/listing.ts'
import { listOverviews } from '../../src/dataflow/overview.ts'
import type { DataflowStatus } from '../../src/dataflow/status.ts'
import type { Database } from '../../src/db/database.ts'
import { seedDataflow, seedPublished, seedRun } from '../dashboard/seeds.ts'
import { createTestDatabase } from '../support/database.ts'

type Seed = Parameters<typeof seedRun>[2]

const under = { finishedAt: null }
const failed = { state: 'failed', cause: 'internal', description: 'No.' } as const
const held = { state: 'held', cause: 'guard', description: 'Too many gone.' } as const
const cancelled = { state: 'cancelled', cause: 'cancelled', description: 'By ana.' } as const
const paused = { pausedAt: new Date(), pauseReason: 'audit' }
const slot = { schedule: '0 2 * * *', nextRunAt: new Date(Date.now() - 3_600_000) }
const old = { freshnessMinutes: 30, createdAt: new Date(Date.now() - 7_200_000) }

describe('the status of a dataflow', () => {
  let db: Database

  beforeAll(async () => {
    db = (await createTestDatabase()).db
  })

  test.each<[string, DataflowStatus, Partial<Parameters<typeof seedDataflow>[1]>, Seed[]]>([
    ['never run', 'new', {}, []],
    ['never run, its slot just due', 'new', { ...slot, nextRunAt: new Date(Date.now() - 60_000) }, []],
    ['whose run was only skipped', 'new', {}, [{ state: 'skipped', cause: 'already-running' }]],
    ['that ran well', 'completed', {}, [failed, {}]],
    ['queued', 'queued', {}, [{ state: 'queued', ...under }]],
    ['running, though paused', 'running', paused, [{ state: 'streaming', ...under }]],
    ['that failed, and was skipped after', 'failed', {}, [failed, { state: 'skipped', cause: 'already-running' }]],
    ['that failed, and is paused since', 'failed', paused, [failed]],
    ['held, its next slot missed', 'held', slot, [held]],
    ['without a success for too long', 'late', old, []],
    ['late, and failed as well', 'failed', old, [failed]],
    ['late, because it is paused', 'late', { ...old, ...paused }, []],
    ['paused, its slot missed', 'paused', { ...slot, ...paused }, [{}]],
    ['that ran well, then nothing ran', 'late', slot, [{}]],
    ['whose last run was cancelled', 'cancelled', {}, [{}, cancelled]],
  ])('%s is %s', async (situation, status, seed, runs) => {
    const name = situation.replaceAll(/\W/g, '')
    const id = await seedDataflow(db, { name, ...seed })
    for (const run of runs) await seedRun(db, id, run)
    const { items } = await listOverviews(db, [id], {})
    expect(items).toMatchObject([{ name, status, group: null }])
  })
})

describe('a listing', () => {
  let db: Database
  const ids: Record<string, number> = {}

  beforeAll(async () => {
    db = (await createTestDatabase()).db
    const seeds = [
      { name: 'alpha', displayName: 'Customers', tags: ['eu', 'prod'] },
      { name: 'Beta', poolId: 'us-east-1_XyZ', tags: ['prod'] },
      { name: 'bravo' },
      { name: 'Charlie', ...paused },
      { name: 'gone', removedAt: new Date() },
    ]
    for (const seed of seeds) ids[seed.name] = await seedDataflow(db, seed)
    await seedPublished(db, ids.bravo ?? 0, await seedRun(db, ids.bravo ?? 0))
    await seedRun(db, ids.Beta ?? 0, failed)
    await seedRun(db, ids.alpha ?? 0, held)
  })

  const namesIn = async (listing: Listing) => (await listOverviews(db, null, listing)).items.map(({ name }) => name)

  test('is by name, whatever its case, without what was removed', async () => {
    expect(await namesIn({})).toEqual(['alpha', 'Beta', 'bravo', 'Charlie'])
  })

  test.each([
    ['CUSTOM', ['alpha']],
    ['xyz', ['Beta']],
    ['br', ['bravo']],
    ['%', []],
    ["' or 1=1", []],
  ])('finds %s in names and pools', async (search, names) => {
    expect(await namesIn({ search })).toEqual(names)
  })

  test('is of some statuses, or of a tag, and counts what fits', async () => {
    expect(await namesIn({ status: ['failed', 'held'] })).toEqual(['alpha', 'Beta'])
    expect(await namesIn({ tag: 'prod' })).toEqual(['alpha', 'Beta'])
    expect(await namesIn({ tag: 'pro' })).toEqual([])
    expect(await listOverviews(db, null, { limit: 1 })).toMatchObject({ total: 4, totalRows: 1_812 })
    const { total, totalRows } = await listOverviews(db, null, { search: 'br', limit: 1 })
    expect({ total, totalRows }).toEqual({ total: 1, totalRows: 1_812 })
  })

  test('is of what somebody may see', async () => {
    const { items, total } = await listOverviews(db, [ids.bravo ?? 0], {})
    expect({ names: items.map(({ name }) => name), total }).toEqual({ names: ['bravo'], total: 1 })
  })

  test.each([
    ['rows', true, ['bravo', 'alpha', 'Beta', 'Charlie']],
    ['rows', false, ['alpha', 'Beta', 'Charlie', 'bravo']],
    ['name', true, ['Charlie', 'bravo', 'Beta', 'alpha']],
    ['status', false, ['Beta', 'alpha', 'Charlie', 'bravo']],
    ['createdAt', false, ['alpha', 'Beta', 'bravo', 'Charlie']],
    ['refreshedAt', true, ['bravo', 'alpha', 'Beta', 'Charlie']],
  ] as const)('by %s, descending %s', async (by, descending, names) => {
    expect(await namesIn({ sort: { by, descending } })).toEqual(names)
  })

  test.each([
    ['status', ['needs a person 2', 'needs a person 2', 'paused 1', 'completed 1']],
    ['name', ['A 1', 'B 2', 'B 2', 'C 1']],
    ['tag', ['eu 1', 'prod 2', 'prod 2', 'null 2', 'null 2']],
    ['connector', ['aws-cognito 4', 'aws-cognito 4', 'aws-cognito 4', 'aws-cognito 4']],
  ] as const)('by group of %s, each with its size', async (group, groups) => {
    const { items } = await listOverviews(db, null, { group })
    expect(items.map((item) => `${item.group} ${item.groupSize}`)).toEqual(groups)
  })

  test('counts a dataflow once that stands under several tags', async () => {
    const { items, total, totalRows } = await listOverviews(db, null, { group: 'tag' })
    expect({ lines: items.length, total, totalRows }).toEqual({ lines: 5, total: 4, totalRows: 1_812 })
  })

  test.each([
    [['prod'], ['alpha', 'alpha', 'bravo', 'Charlie']],
    [[''], ['alpha', 'alpha', 'Beta', 'bravo']],
    [
      ['prod', '', 'none such'],
      ['alpha', 'alpha', 'bravo'],
    ],
  ])('with the groups %j folded has one of each, and their sizes', async (folded, names) => {
    const { items } = await listOverviews(db, null, { group: 'tag', folded })
    expect(items.map(({ name }) => name)).toEqual(names)
    expect(items.map(({ groupSize }) => groupSize)).toEqual(names.map((_, at) => (at === 0 ? 1 : 2)))
  })

  test('does not go on from a place that somebody made up', async () => {
    for (const order of ['soon', '1e9', "' or 1=1", '9'.repeat(40)]) {
      const listing: Listing = { sort: { by: 'nextRunAt', descending: false }, after: ['', order, 'alpha'] }
      await expect(listOverviews(db, null, listing)).rejects.toThrow('This cursor is of a list in another order')
    }
  })

  test.each<Listing>([
    {},
    { sort: { by: 'rows', descending: true } },
    { sort: { by: 'nextRunAt', descending: false } },
    { sort: { by: 'createdAt', descending: true }, group: 'status' },
    { group: 'tag' },
  ])('goes on where a page ended: %j', async (listing) => {
    const all = await namesIn(listing)
    const seen: string[] = []
    for (let after: Place | undefined; seen.length < all.length; ) {
      const { items } = await listOverviews(db, null, { ...listing, after, limit: 1 })
      seen.push(items[0]?.name ?? 'nothing')
      after = items[0]?.place
    }
    expect(seen).toEqual(all)
  })

  test('tells how far a run has got, and how the last ones went', async () => {
    const id = await seedDataflow(db, { name: 'Delta' })
    await seedRun(db, id, failed)
    const run = await seedRun(db, id, { state: 'streaming', ...under, estimatedUsers: 4_000 })
    await db.execute(sql`insert into poolkeeper.tasks (run_id, kind, label, stream, rows) values
      (${run}, 'stream', 'users', '{"source": "users"}', 1234), (${run}, 'stream', 'groups', '{"source": "groups"}', 5)`)
    const { items } = await listOverviews(db, [id], {})
    expect(items).toMatchObject([
      {
        status: 'running',
        lastRun: { id: run, usersRead: 1_234, estimatedUsers: 4_000 },
        lately: [{ state: 'failed', rows: null }],
      },
    ])
  })
})
