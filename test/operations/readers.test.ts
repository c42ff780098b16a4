import { desc } from 'drizzle-orm'
import postgres from 'postgres'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Output } from '../../src/api/contract.ts'
import { closeDatabase, type Database, openDatabase } from '../../src/db/database.ts'
import { audit } from '../../src/db/schema/access.ts'
import { createTables } from '../../src/snapshot/tables.ts'
import { aDataflowWith, PEOPLE, publishRows } from '../dashboard/api/tables.ts'
import { createTestDatabase } from '../support/database.ts'
import { aBareDataflow, MEMBERS, type TestDataflow } from '../support/dataflows.ts'
import { ANA, operationsOf } from '../support/operations.ts'
import { openReader } from '../support/reader.ts'
import { takeReadersAway } from '../support/readers.ts'

let db: Database
let url: string
let customers: TestDataflow
let perform: ReturnType<typeof operationsOf>

beforeAll(async () => {
  const database = await createTestDatabase()
  ;({ db, url } = database)
  customers = await aDataflowWith(db, 'CustomerPool', PEOPLE)
  await aDataflowWith(db, 'StaffPool', PEOPLE)
  await publishRows(db, customers, PEOPLE, [{ sub: 'a1', email: 'ada@example.com' }])
  perform = operationsOf(db)
})

takeReadersAway(() => db)

type Made = Output<'createReader'>

/** The test's database with the role's name and password. */
function addressFor({ role, password }: Made): string {
  const address = new URL(url)
  address.username = role
  address.password = password
  return address.href
}

/** Somebody who reads with a role. */
function connectedAs(made: Made): postgres.Sql {
  const sql = postgres(addressFor(made), { max: 1, onnotice: () => undefined })
  // at once: postgres.js waits for the good end of a connection that the server has ended
  onTestFinished(() => sql.end({ timeout: 0 }))
  return sql
}

const DENIED = { code: '42501' }

describe('a reader', () => {
  test('reads the views of its schema, and nothing else', async () => {
    const made = await perform('createReader', { schema: 'customerpool' })
    const sql = connectedAs(made)
    expect(await sql`select sub, email from users`).toEqual([{ sub: 'a1', email: 'ada@example.com' }])
    for (const statement of [
      `select * from customerpool_snapshots.users`,
      `select * from poolkeeper.published`,
      `select * from poolkeeper.credentials`,
      `select * from staffpool.users`,
      `delete from customerpool.users`,
      `create table customerpool.mine (n int)`,
      `create role mine`,
    ]) {
      await expect(sql.unsafe(statement), statement).rejects.toMatchObject(DENIED)
    }
    const [settings] = await sql`select current_setting('statement_timeout') as statement, rolconnlimit as connections,
      current_setting('idle_in_transaction_session_timeout') as idle from pg_roles where rolname = current_user`
    expect(settings).toEqual({ statement: '10min', idle: '10min', connections: 10 })
  })

  test('reads views that come after it, as well', async () => {
    const sql = connectedAs(await perform('createReader', { schema: 'customerpool' }))
    await createTables(db, customers, [MEMBERS])
    expect(await sql`select * from customerpool.group_members`).toEqual([])
  })

  test('is listed with whoever made it and how many connections it has, and never with its password', async () => {
    const made = await perform('createReader', { schema: 'CustomerPool' })
    await connectedAs(made)`select 1`
    const { items } = await perform('listReaders', { schema: 'customerpool' })
    expect(items[0]).toMatchObject({ role: made.role, createdBy: 'ana', sessions: 1 })
    expect(JSON.stringify(items)).not.toContain(made.password)
    const [noted] = await db.select().from(audit).orderBy(desc(audit.id)).limit(1)
    expect(noted).toMatchObject({ action: 'createReader', target: made.role, actor: 'ana', details: {} })
  })

  test('is told its connection, for whatever one reads with', async () => {
    const { role, password, connection } = await perform('createReader', { schema: 'customerpool' })
    expect(connection).toEqual({
      ...{ host: '127.0.0.1', port: 5432, database: 'tests' },
      url: `postgresql://${role}:${password}@127.0.0.1:5432/tests`,
      psql: `psql 'postgresql://${role}:${password}@127.0.0.1:5432/tests'`,
      jdbc: `jdbc:postgresql://127.0.0.1:5432/tests?user=${role}&password=${password}`,
      odbc: `Driver={PostgreSQL Unicode};Server=127.0.0.1;Port=5432;Database=tests;Uid=${role};Pwd=${password}`,
    })
  })

  test('that is removed is gone at once, from the server too', async () => {
    const made = await perform('createReader', { schema: 'customerpool' })
    const sql = connectedAs(made)
    await sql`select 1`
    await perform('removeReader', { schema: 'customerpool', reader: made.id })
    await vi.waitFor(() => expect(sql`select * from users`).rejects.toThrow())
    await expect(connectedAs(made)`select 1`).rejects.toMatchObject({ code: expect.stringMatching(/^28/) })
    expect((await perform('listReaders', { schema: 'customerpool' })).items).not.toContainEqual(
      expect.objectContaining({ id: made.id }),
    )
    await expect(perform('removeReader', { schema: 'customerpool', reader: made.id })).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  test('of another schema is not found', async () => {
    const { id } = await perform('createReader', { schema: 'customerpool' })
    await expect(perform('removeReader', { schema: 'staffpool', reader: id })).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  test('goes with its dataflow, and an open transaction of its own is not in the way', async () => {
    const dataflow = await aDataflowWith(db, 'OldPool', PEOPLE)
    await publishRows(db, dataflow, PEOPLE, [{ sub: 'a1' }])
    const made = await perform('createReader', { schema: 'oldpool' })
    await openReader(addressFor(made), 'select * from oldpool.users')
    await perform('removeDataflow', { name: 'OldPool' })
    const [left] = await db.execute(`select from pg_roles where rolname = '${made.role}'`)
    expect(left).toBeUndefined()
  })

  test('that owns something of its own stays, and whoever removes it is told', async () => {
    const made = await perform('createReader', { schema: 'customerpool' })
    await db.execute(`create schema its_own authorization ${made.role}`)
    const removed = perform('removeReader', { schema: 'customerpool', reader: made.id })
    await expect(removed).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining(made.role) })
    expect(await connectedAs(made)`select sub from users`).toHaveLength(1)
  })
})

describe('as a user of the server who is no superuser', () => {
  /** Operations of a Poolkeeper that owns a schema, and may make roles or may not. */
  async function operationsOfOwner(name: string, may: 'createrole' | 'nocreaterole') {
    const owner = `owner_${name.toLowerCase()}_${process.pid}`
    await db.execute(`create role ${owner} login ${may} password 'owner'`)
    await db.execute(`grant usage on schema poolkeeper to ${owner}`)
    await db.execute(`grant all on all tables in schema poolkeeper to ${owner}`)
    await db.execute(`grant create on database ${new URL(url).pathname.slice(1)} to ${owner}`)
    const address = new URL(url)
    address.username = owner
    address.password = 'owner'
    const own = openDatabase(address.href, { name: 'test', max: 2 })
    onTestFinished(async () => {
      await closeDatabase(own)
      await db.execute(`drop owned by ${owner} cascade`)
      await db.execute(`drop role ${owner}`)
    })
    const dataflow = await aBareDataflow(own, { name })
    await createTables(own, dataflow, [PEOPLE])
    return operationsOf(own, ANA)
  }

  test('readers are made and removed by one who may make roles', async () => {
    const own = await operationsOfOwner('OwnedPool', 'createrole')
    const made = await own('createReader', { schema: 'ownedpool' })
    expect(await connectedAs(made)`select * from users`).toEqual([])
    await own('removeReader', { schema: 'ownedpool', reader: made.id })
    expect((await own('listReaders', { schema: 'ownedpool' })).items).toEqual([])
  })

  test('the others are told what the owner of the server has to do', async () => {
    const own = await operationsOfOwner('ModestPool', 'nocreaterole')
    await expect(own('createReader', { schema: 'modestpool' })).rejects.toMatchObject({
      code: 'bad-configuration',
      remedy: expect.stringContaining('createrole'),
    })
  })
})
