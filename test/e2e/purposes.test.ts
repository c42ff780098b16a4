import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { SOURCES, sourceTable } from '../../src/cognito/catalogue.ts'
import { editDataflow } from '../../src/dataflow/edit.ts'
import { dataflows } from '../../src/db/schema/dataflows.ts'
import type { Purpose } from '../../src/db/table.ts'
import { retryRun } from '../../src/run/decide.ts'
import { runProgress } from '../../src/run/progress.ts'
import { dropSnapshots, retireSnapshots } from '../../src/snapshot/prune.ts'
import { rollback } from '../../src/snapshot/rollback.ts'
import { holdUpAt, holdUpBefore } from '../faults/holdingUp.ts'
import { expectedTables, expectSameTables, openReader, readPublished, subOf } from '../support/expected.ts'
import { createLine, type Line } from '../support/line.ts'
import { expectedCatalogue, readCatalogue, wholeDatabase } from '../support/privacy.ts'
import { fail } from '../support/runs.ts'
import { SOON, waitForPages } from '../support/watching.ts'

const TABLES = ['group_members', 'groups', 'users']
const PRIVACY = ['privacy_columns', 'privacy_tables']

const forPurpose = (purpose: Purpose, sources: readonly string[] = TABLES) => ({
  tables: sources.map((source) => ({ source, purpose })),
})

/** What people can look at. */
async function viewsOf({ databaseUrl }: Line, schema: string): Promise<string[]> {
  const views = await openReader(databaseUrl)<{ viewname: string }[]>`
    select viewname from pg_views where schemaname = ${schema} order by 1`
  return views.map(({ viewname }) => viewname)
}

/** The tables that a snapshot still has, partitions or not. */
async function tablesOf({ databaseUrl }: Line, schema: string, snapshot: number): Promise<string[]> {
  const tables = await openReader(databaseUrl)<{ relname: string }[]>`
    select relname from pg_class where relnamespace = to_regnamespace(${`${schema}_snapshots`})
      and relkind = 'r' and relname like ${`%\\_${snapshot}`} order by 1`
  return tables.map(({ relname }) => relname.slice(0, relname.lastIndexOf('_')))
}

const expectCatalogue = async (line: Line, schema: string) =>
  expect(await readCatalogue(line.databaseUrl, schema)).toEqual(expectedCatalogue(expectedTables(line.sandbox)))

test('each purpose publishes what it is for: rows, the catalogue of what is held, or both', async () => {
  const line = await createLine({ users: 400, groups: 5, poison: POISON, seed: 41, shortPages: 0.2 })
  await line.startHere()
  const run = async (name: string, purpose: Purpose) => {
    const record = await line.run(await line.createDataflow({ name, ...forPurpose(purpose) }))
    expect(record).toMatchObject({ state: 'succeeded', warnings: 9 })
    return record
  }
  const rows = await run('Rows', 'Customer 360')
  const both = await run('Both', 'All')
  const only = await run('Private', 'Privacy-Metadata')
  const expected = poisoned(line)
  const catalogue = expectedCatalogue(expected)

  expect(await viewsOf(line, 'rows')).toEqual(TABLES)
  expectSameTables(await readPublished(line.databaseUrl, 'rows'), expected)

  expect(await viewsOf(line, 'both')).toEqual([...TABLES, ...PRIVACY].toSorted())
  expectSameTables(await readPublished(line.databaseUrl, 'both'), expected)
  expect(await readCatalogue(line.databaseUrl, 'both')).toEqual(catalogue)
  expect(both.tables).toEqual(rows.tables)

  expect(await viewsOf(line, 'private')).toEqual(PRIVACY)
  expect(await readCatalogue(line.databaseUrl, 'private')).toEqual(catalogue)
  expect(await tablesOf(line, 'private', only.run)).toEqual([...PRIVACY, 'rejected_rows'])
  expect(only.tables).toEqual(rows.tables.map((table) => ({ ...table, added: 0 })))
})

const POISON = { nul: 2, loneSurrogate: 2, unknownAttribute: 3, badNumber: 2, twice: 20 }

/** The sandbox's pool with the rows that its poisoned users make. */
function poisoned({ sandbox }: Line) {
  const odd = new Map([...sandbox.users()].slice(0, ODD.length).map((user, at) => [subOf(user), ODD[at]]))
  const { users, ...others } = expectedTables(sandbox)
  return { ...others, users: users.map((row) => ({ ...row, ...odd.get(String(row.sub)) })) }
}

const NUL = { name: 'Nul\ufffdla', raw_values: { name: { json: '"Nul\\u0000la"' } } }
const HALF = { nickname: 'half \ufffd a pair', raw_values: { nickname: { json: '"half \\ud83d a pair"' } } }
const UNKNOWN = { raw_values: { 'custom:retired': 'still here' } }
const BAD = { custom_visits: null, raw_values: { 'custom:visits': 'many' } }
const ODD: readonly object[] = [NUL, NUL, HALF, HALF, UNKNOWN, UNKNOWN, UNKNOWN, BAD, BAD]

test('the catalogue tells of every column its type, its field and what it says of a person', async () => {
  const line = await createLine({ users: 30, groups: 1 })
  await line.startHere()
  await line.run(await line.createDataflow({ name: 'Told', ...forPurpose('Privacy-Metadata', ['users']) }))
  const reader = openReader(line.databaseUrl)
  const columns = await reader`select concat_ws(' ', column_name, source_field, type, personal_kind, treatment) as told
    from told.privacy_columns where column_name in ('sub', 'email', 'custom_visits', 'enabled') order by 1`
  expect(columns.map(({ told }) => told)).toEqual([
    'custom_visits custom:visits numeric behaviour keep',
    'email email text contact keep',
    'enabled Enabled boolean none keep',
    'sub sub text identifier keep',
  ])
  const [table] = await reader`select purpose, rows::int, columns, personal_columns from told.privacy_tables`
  const [counted] = await reader`select count(*)::int as columns,
    (count(*) filter (where personal_kind <> 'none'))::int as personal_columns from told.privacy_columns`
  expect(table).toEqual({ purpose: 'Privacy-Metadata', rows: 30, ...counted })
})

/** Opt-in tables are never read for a catalogue alone. */
const LISTED = SOURCES.filter((source) => !sourceTable(source).optIn)

test('the catalogue of every table is the same whether its rows are published beside it or not', async () => {
  const line = await createLine({ users: 200, groups: 3, clients: 9, providers: 4, resourceServers: 5, importJobs: 6 })
  await line.startHere()
  for (const [name, purpose] of [['Both', 'All'] as const, ['Private', 'Privacy-Metadata'] as const]) {
    const dataflow = await line.createDataflow({ name, ...forPurpose(purpose, LISTED) })
    expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })
  }
  const [both, only] = await Promise.all(['both', 'private'].map((name) => readCatalogue(line.databaseUrl, name)))
  expect(Object.keys(both?.tables ?? {}).toSorted()).toEqual(LISTED.toSorted())
  expect(only).toEqual(both)
})

test("nobody's value is anywhere in the database for Privacy-Metadata, neither while it is read nor afterwards", async () => {
  const line = await createLine({ users: 300, groups: 3, latencyMs: 200, shortPages: 0, emptyPages: 0 })
  const rejected = line.sandbox.addUser({ attributes: { name: 'Canary Rejected' } })
  line.sandbox.pool.poison(rejected.Username, { attributes: { sub: null, 'custom:retired': 'Canary Retired' } })
  const canaries = canariesOf(line)
  expect(canaries.length).toBeGreaterThan(1_000)
  const sightings = async () => {
    await line.db.execute(sql`analyze`)
    const everything = await wholeDatabase(line.databaseUrl)
    return canaries.filter((canary) => everything.includes(canary))
  }
  await line.startHere()
  const run = await line.request(await line.createDataflow({ name: 'Silent', ...forPurpose('Privacy-Metadata') }))
  await waitForPages(line, 4, run)
  const reader = openReader(line.databaseUrl)
  const [staged] = await reader`select count(sub)::int as rows from ${reader(`silent_snapshots.users_${run}`)}`
  expect(staged?.rows).toBeGreaterThan(0)
  expect(await sightings()).toEqual([])
  line.sandbox.tune({ latencyMs: 0 })
  expect(await line.ended(run)).toMatchObject({ state: 'succeeded', warnings: 1 })
  expect(await sightings()).toEqual([])
  const [kept] = await reader`select reason, record from silent_snapshots.rejected_rows`
  expect(kept).toEqual({ reason: 'the user has no sub', record: expect.stringMatching(/^-?\d+$/) })

  // and they would have been found
  await line.run(await line.createDataflow({ name: 'Telling', ...forPurpose('Customer 360') }))
  expect((await sightings()).length).toBeGreaterThan(canaries.length * 0.9)
})

/** What could tell of a person: all that is longer than a word of a language, a country or a truth is. */
function canariesOf({ sandbox }: Line): string[] {
  const telling = new Set(['sub', 'email', 'phone_number', 'name', 'nickname', 'address', 'picture', 'profile'])
  const values = [...sandbox.users()].flatMap(({ Username, Attributes, UserLastModifiedDate }) => [
    Username,
    UserLastModifiedDate.toISOString().slice(11, 23),
    ...Attributes.filter(({ Name }) => telling.has(Name)).map(({ Value }) => Value),
  ])
  return [...new Set([...values, 'Canary Retired'])].filter((value) => value.length > 6 && !/["\\\n]/.test(value))
}

test('a table that is to be catalogued only loses its view; rollback and prune cover its catalogue like any table', async () => {
  const line = await createLine({ users: 120, groups: 2 })
  await line.startHere()
  const dataflow = await line.createDataflow({
    name: 'Changed',
    keepSnapshots: 2,
    ...forPurpose('Customer 360', ['users']),
  })
  const edit = (purpose: Purpose) => editDataflow(line.db, line.keys, 'Changed', forPurpose(purpose, ['users']))
  const look = async () => ({
    views: await viewsOf(line, 'changed'),
    catalogued: Object.values((await readCatalogue(line.databaseUrl, 'changed')).tables).map(({ rows }) => rows),
  })
  const first = await line.run(dataflow)
  const edited = await line.command('dataflow', 'edit', 'Changed', '--table', 'users=Privacy-Metadata')
  expect(edited.stderr).toMatch(
    /^changed.users can no longer be read. Rows of earlier imports stay in the kept snapshots/m,
  )
  expect(edited.stderr).toMatch(/^Tables: +users \(Privacy-Metadata, in changed.privacy_columns\)$/m)
  expect(await look()).toEqual({ views: PRIVACY, catalogued: [] })

  line.sandbox.addUser()
  const second = await line.run(dataflow)
  expect(second).toMatchObject({ state: 'succeeded', tables: [{ table: 'users', rows: 121, added: 0, removed: 0 }] })
  expect(await look()).toEqual({ views: PRIVACY, catalogued: [121] })
  await rollback(line.db, { dataflow, by: 'ada', keepSchedule: true })
  expect(await look()).toEqual({ views: PRIVACY, catalogued: [] })
  await rollback(line.db, { dataflow, to: second.run, by: 'ada', keepSchedule: true })
  expect(await look()).toEqual({ views: PRIVACY, catalogued: [121] })

  await edit('All')
  line.sandbox.addUser()
  const third = await line.run(dataflow)
  expect(third).toMatchObject({ state: 'succeeded', tables: [{ table: 'users', rows: 122, added: 122, removed: 0 }] })
  expect(await look()).toEqual({ views: [...PRIVACY, 'users'], catalogued: [122] })
  expect((await runProgress(line.db, third.run)).tables.map(({ table }) => table)).toEqual(['users'])
  const diff = await line.command('diff', 'Changed', '--json')
  const whole = { table: 'users', rows: 122, added: 122, removed: 0, changed: 0, columns: [] }
  expect(JSON.parse(diff.stdout).tables).toEqual([whole])

  await vi.waitFor(async () => {
    await retireSnapshots(line.db)
    await dropSnapshots(line.db)
    expect(await tablesOf(line, 'changed', first.run)).toEqual([])
  }, SOON)
  expect(await tablesOf(line, 'changed', second.run)).toEqual([...PRIVACY, 'rejected_rows'])
  expect(await tablesOf(line, 'changed', third.run)).toEqual([...PRIVACY, 'rejected_rows', 'users'])
})

test('what was staged to be counted goes with a run that is cancelled', async () => {
  const line = await createLine({ users: 1_900, groups: 0, latencyMs: 500 })
  await line.startHere()
  const run = await line.request(
    await line.createDataflow({ name: 'Gone', ...forPurpose('Privacy-Metadata', ['users']) }),
  )
  await waitForPages(line, 1, run)
  expect(await tablesOf(line, 'gone', run)).toEqual([...PRIVACY, 'rejected_rows', 'users'])
  expect((await line.command('cancel', String(run))).code).toBe(0)
  await vi.waitFor(async () => {
    await dropSnapshots(line.db)
    expect(await tablesOf(line, 'gone', run)).toEqual([])
  }, SOON)
})

test('a run that goes on from a failed one counts each user once, by the same fingerprints', async () => {
  const line = await createLine({ users: 600, groups: 2, latencyMs: 80, shortPages: 0, emptyPages: 0 })
  await line.startHere()
  const run = await line.request(await line.createDataflow({ name: 'Retried', ...forPurpose('Privacy-Metadata') }))
  await waitForPages(line, 5, run)
  await fail(line.db, run)
  // every user's token has expired meanwhile: those who were read already come once more
  line.sandbox.faults.add({ kind: 'expiredTokens', operation: 'ListUsers', count: 1 })
  const retry = await retryRun(line.db, run, 'ada')
  expect(await line.ended(retry.id)).toMatchObject({ state: 'succeeded', continues: run })
  await expectCatalogue(line, 'retried')
})

test('a retry with another key reads everything anew, because its fingerprints are others', async () => {
  const line = await createLine({ users: 300, groups: 2, latencyMs: 80, shortPages: 0, emptyPages: 0 })
  await line.startHere(['scheduler'])
  const worker = line.start('worker')
  const run = await line.request(await line.createDataflow({ name: 'Rekeyed', ...forPurpose('Privacy-Metadata') }))
  await waitForPages(line, 3, run)
  worker.kill('SIGKILL')
  await worker.finished
  await fail(line.db, run)
  const retry = await retryRun(line.db, run, 'ada')
  line.startWith({ POOLKEEPER_HASH_KEY: randomBytes(32).toString('base64') }, 'worker')
  expect(await line.ended(retry.id)).toMatchObject({ state: 'succeeded', continues: null })
  await expectCatalogue(line, 'rekeyed')
})

test.each([
  ['key is built', (url: string) => holdUpBefore(url, 'alter table')],
  ['figures are written', (url: string) => holdUpAt(url, { table: 'run_tables', on: 'insert', when: 'before' })],
  ['fingerprints are dropped', (url: string) => holdUpBefore(url, 'drop table')],
])(
  'a publisher killed with -9 as its %s is followed by another, which publishes the same catalogue',
  async (_, holdUp) => {
    const line = await createLine({ users: 200, groups: 2, poison: { twice: 5 } })
    await line.startHere(['scheduler'])
    const dataflow = await line.createDataflow({ name: 'Killed', ...forPurpose('Privacy-Metadata') })
    const worker = line.start('worker')
    const held = await holdUp(line.databaseUrl)
    const run = await line.request(dataflow)
    await held.reached()
    worker.kill('SIGKILL')
    await worker.finished
    await held.endBackend()
    await held.letGo()
    line.start('worker')
    expect(await line.ended(run)).toMatchObject({ state: 'succeeded' })
    await expectCatalogue(line, 'killed')
    expect(await tablesOf(line, 'killed', run)).toEqual([...PRIVACY, 'rejected_rows'])
  },
)

test('users are held against the count of the pool even where only their fingerprints are staged', async () => {
  const line = await createLine({ users: 2_000, groups: 0 })
  line.sandbox.faults.add({ kind: 'losingList', prefix: 'a' })
  await line.startHere()
  const run = await line.run(
    await line.createDataflow({ name: 'Losing', ...forPurpose('Privacy-Metadata', ['users']) }),
  )
  expect(run).toMatchObject({ state: 'held', cause: 'guard' })
})

test('without a key for hashing nothing is read, and the run says what to set', async () => {
  const line = await createLine({ users: 10, groups: 0 })
  await line.startHere(['scheduler', 'worker'], { hashKey: undefined })
  const run = await line.run(await line.createDataflow({ name: 'Keyless', ...forPurpose('Privacy-Metadata') }))
  expect(run).toMatchObject({ state: 'failed', cause: 'bad-configuration' })
  expect(run.description).toMatch(/only fingerprints are staged.*Set POOLKEEPER_HASH_KEY/)
  expect(line.sandbox.requests.operations.ListUsers).toBe(undefined)
})

test('a dataflow that was made before there was a catalogue has one after its next import', async () => {
  const line = await createLine({ users: 20, groups: 1 })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Older', ...forPurpose('Customer 360') })
  await line.run(dataflow)
  await line.db.update(dataflows).set(forPurpose('All'))
  await line.run(dataflow)
  await expectCatalogue(line, 'older')
})
