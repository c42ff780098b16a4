import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { SECRET_CANARY } from '../../src/sandbox/canary.ts'
import type { Pool } from '../../src/sandbox/pool.ts'
import { openReader } from '../support/expected.ts'
import { expectSilence, redisContent, watchRedis } from '../support/leaks.ts'
import { createLine, type Line } from '../support/line.ts'
import { SOON, USERS_ONLY } from '../support/watching.ts'

const KEYS = {
  user_pool: 'id',
  user_pool_clients: 'client_id',
  identity_providers: 'name',
  resource_servers: 'identifier',
  user_import_jobs: 'job_id',
} as const

type ConfigTable = keyof typeof KEYS
type Tables = Readonly<Record<ConfigTable, readonly object[]>>

const CONFIG_TABLES = { tables: Object.keys(KEYS).map((source) => ({ source, purpose: 'All' as const })) }

/** A pool whose lists all take several pages, and nobody in it. */
const MANY = { users: 3, groups: 0, clients: 25, providers: 12, resourceServers: 60, importJobs: 70 }

test('the settings of a pool are published field by field, and its secrets are nowhere', async () => {
  const line = await createLine({ ...MANY, seed: 21 })
  const commands = await watchRedis(line)
  const processes = ['scheduler', 'worker'].map((name) => line.startWith({ LOG_LEVEL: 'trace' }, name))
  const dataflow = await line.createDataflow({ name: 'Config', ...CONFIG_TABLES })
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded', warnings: 0 })
  const { pool } = line.sandbox
  expectTables(await published(line, 'config'), expected(pool))

  for (const records of [pool.clients(), pool.identityProviders(), pool.importJobs()])
    expect(JSON.stringify(records)).toContain(SECRET_CANARY)
  const places = {
    'what was sent to Redis': commands(),
    'what is kept in Redis': await redisContent(line),
    'the output of the processes': processes.map((one) => one.output()).join(),
    'every table of the database': await everyTable(line),
  }
  expectSilence(places, [SECRET_CANARY])
  expect(places['every table of the database']).toContain('accounts.google.com')
})

test('a client and a provider that are deleted between being listed and described are passed over', async () => {
  const line = await createLine({ users: 0, groups: 0, clients: 4, shortPages: 0, emptyPages: 0, seed: 22 })
  const { pool, faults, requests } = line.sandbox
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Vanishing', ...CONFIG_TABLES })
  const described = ['DescribeUserPoolClient', 'DescribeIdentityProvider']
  for (const operation of described) faults.add({ kind: 'slow', operation, ms: 3_000, count: 1 })
  const run = await line.request(dataflow)
  await vi.waitFor(() => {
    for (const operation of described) expect(requests.operations[operation]).toBe(1)
  }, SOON)
  const clients = pool.clients()
  pool.deleteClient(clients.at(-1)?.ClientId ?? '')
  pool.deleteProvider('Facebook')
  expect(await line.ended(run)).toMatchObject({ state: 'succeeded', warnings: 0 })
  expect(requests.operations.DescribeUserPoolClient).toBe(clients.length)
  expectTables(await published(line, 'vanishing'), expected(pool))
})

test('a pool without clients, providers, servers and import jobs gives empty tables', async () => {
  const none = { users: 0, groups: 0, clients: 0, providers: 0, resourceServers: 0, importJobs: 0 }
  const line = await createLine({ ...none, seed: 23 })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Bare', ...CONFIG_TABLES })
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded', warnings: 0 })
  const tables = await published(line, 'bare')
  expect(Object.values(tables).map((rows) => rows.length)).toEqual([1, 0, 0, 0, 0])
  expectTables(tables, expected(line.sandbox.pool))
})

test('custom attributes whose names are keywords, differ in case or do not fit get columns of their own', async () => {
  const line = await createLine({ users: 0, groups: 0, seed: 25 })
  const long = '𠜎'.repeat(19)
  const names = ['select', 'Select', 'a"b', "o'clock", 'a.b', `${long}a`, `${long}b`].map((name) => `custom:${name}`)
  for (const name of names) line.sandbox.pool.changeSchema(name, 'String')
  line.sandbox.addUser({ attributes: Object.fromEntries(names.map((name) => [name, `value of ${name}`])) })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Odd', ...USERS_ONLY })
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded', warnings: 0 })
  const [row] = await openReader(line.databaseUrl)`select * from odd.users`
  const values = Object.values(row ?? {}).filter((value) => String(value).startsWith('value of'))
  expect(values.sort()).toEqual(names.map((name) => `value of ${name}`).sort())
})

test('every column is described where people look for it', async () => {
  const line = await createLine({ users: 0, groups: 0, seed: 24 })
  await line.createDataflow({ name: 'Described', ...CONFIG_TABLES })
  const undescribed = await line.db.execute(sql`select c.relname, a.attname from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    where c.relnamespace = 'described'::regnamespace and col_description(c.oid, a.attnum) is null`)
  expect([...undescribed]).toEqual([])
})

/** The rows of the views, without the columns that are null, by key. */
async function published({ databaseUrl }: Line, schema: string): Promise<Tables> {
  const reader = openReader(databaseUrl)
  const rowsOf = async ([table, key]: [string, string]) => {
    const rows = await reader`select * from ${reader(schema)}.${reader(table)} order by ${reader(key)} collate "C"`
    return [table, rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)))]
  }
  return Object.fromEntries(await Promise.all(Object.entries(KEYS).map(rowsOf)))
}

/** What they ought to show, worked out from what the sandbox's pool answers. */
function expected(pool: Pool): Tables {
  const { Policies, ...settings } = pool.description()
  return {
    user_pool: [named({ ...settings, ...Policies, ...pool.mfaConfiguration() })],
    user_pool_clients: byKey('user_pool_clients', pool.clients(), ({ ClientSecret, ...client }) => ({
      ...client,
      HasSecret: Boolean(ClientSecret),
    })),
    identity_providers: byKey('identity_providers', pool.identityProviders(), (provider) => {
      const { client_secret, private_key, ...harmless } = provider.ProviderDetails
      return { ...provider, ProviderDetails: harmless }
    }),
    resource_servers: byKey('resource_servers', pool.resourceServers(), (server) => server),
    user_import_jobs: byKey('user_import_jobs', pool.importJobs(), ({ PreSignedUrl, ...job }) => job),
  }
}

/** In the order of their bytes, as Postgres sorts by the collation C. */
function byKey<T>(
  table: ConfigTable,
  records: readonly T[],
  publish: (record: T) => Record<string, unknown>,
): object[] {
  const keyOf = (row: Record<string, unknown>) => Buffer.from(String(row[KEYS[table]]))
  return records.map((record) => named(publish(record))).toSorted((a, b) => Buffer.compare(keyOf(a), keyOf(b)))
}

const NAMES: Readonly<Record<string, string>> = {
  ClientName: 'name',
  ProviderName: 'name',
  ProviderType: 'type',
  JobName: 'name',
  UserPoolTags: 'tags',
  UserPoolTier: 'tier',
  LambdaConfig: 'triggers',
  EstimatedNumberOfUsers: 'estimated_users',
  CreationDate: 'created_at',
  LastModifiedDate: 'last_modified_at',
  StartDate: 'started_at',
  CompletionDate: 'completed_at',
}

/** Cognito's fields by the names of their columns. */
function named({ UserPoolId, ...fields }: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [NAMES[field] ?? snakeCase(field), value]))
}

const snakeCase = (field: string) =>
  field
    .replace('OAuth', 'Oauth')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()

/** Row by row, so that a failure shows the first row that is wrong and not all of them. */
function expectTables(actual: Tables, wanted: Tables): void {
  for (const table of Object.keys(KEYS) as ConfigTable[]) {
    for (const [at, row] of actual[table].entries()) expect(row, `${table}, row ${at}`).toEqual(wanted[table][at])
    expect(actual[table].length, `rows of ${table}`).toBe(wanted[table].length)
  }
}

/** Every row of every table that anybody has put into the database, as text. */
async function everyTable({ db }: Line): Promise<string> {
  const tables = await db.execute<{ table: string }>(sql`select format('%I.%I', schemaname, tablename) as table
    from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`)
  const rows = await Promise.all(tables.map(({ table }) => db.execute(sql.raw(`select t::text from ${table} t`))))
  return JSON.stringify(rows)
}
