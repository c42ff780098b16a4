import { sql } from 'drizzle-orm'
import { expect, onTestFinished, test } from 'vitest'
import { closeDatabase, type Database, openDatabase, type Queryable } from '../../src/db/database.ts'
import { databaseTrouble } from '../../src/db/trouble.ts'
import { createTestDatabase } from '../support/database.ts'

async function createCounter() {
  const { db, url } = await createTestDatabase()
  await db.execute(sql`create table counter as select 0 as n`)
  return { db, url, count: async () => (await db.execute<{ n: number }>(sql`select n from counter`))[0]?.n }
}

const increment = (on: Queryable) => on.execute(sql`update counter set n = n + 1`)

/** Ends the backend that a transaction runs on, as a restart of the server does. */
async function endBackendOf(tx: Queryable, db: Database): Promise<void> {
  const [own] = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)
  await db.execute(sql`select pg_terminate_backend(${own?.pid})`)
}

const outcomeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: unknown) => error,
  )

test('what is sent after the connection of a transaction has ended is refused, never run outside of it', async () => {
  const { db, count } = await createCounter()
  const refused: unknown[] = []
  const outcome = outcomeOf(
    db.transaction(async (tx) => {
      await increment(tx)
      await endBackendOf(tx, db)
      for (let statements = 0; statements < 4; statements++) refused.push(await outcomeOf(increment(tx)))
      throw refused[0]
    }),
  )
  expect(databaseTrouble(await outcome)).toMatchObject({ code: 'database-unavailable' })
  expect(refused.map(databaseTrouble)).toEqual(Array(4).fill(expect.objectContaining({ code: 'database-unavailable' })))
  expect(await count()).toBe(0)
  await db.transaction(increment)
  expect(await count()).toBe(1)
})

test('so is what is sent from savepoints, however deep', async () => {
  const { db, count } = await createCounter()
  const outcome = outcomeOf(
    db.transaction((one) =>
      one.transaction((two) =>
        two.transaction(async (three) => {
          await increment(three)
          await endBackendOf(three, db)
          await increment(three)
        }),
      ),
    ),
  )
  expect(databaseTrouble(await outcome)).toMatchObject({ code: 'database-unavailable' })
  expect(await count()).toBe(0)
})

test('an error comes out once all is rolled back, and the locks are free', async () => {
  const { db, count } = await createCounter()
  const failing = db.transaction(async (tx) => {
    await increment(tx)
    throw new RangeError('no')
  })
  await expect(failing).rejects.toThrow('no')
  await db.execute(sql`select n from counter for update nowait`)
  expect(await count()).toBe(0)
})

test('a savepoint that fails takes back what was done in it, and nothing else', async () => {
  const { db, count } = await createCounter()
  await db.transaction(async (tx) => {
    await increment(tx)
    await outcomeOf(tx.transaction((savepoint) => savepoint.execute(sql`update counter set n = 1 / 0`)))
    await increment(tx)
  })
  expect(await count()).toBe(2)
})

test('a failed statement that the work went past fails the transaction, which Postgres has rolled back', async () => {
  const { db, count } = await createCounter()
  const swallowing = db.transaction(async (tx) => {
    await increment(tx)
    await outcomeOf(tx.execute(sql`select 1 / 0`))
  })
  await expect(swallowing).rejects.toThrow('swallowed')
  expect(await count()).toBe(0)
})

test('transactions take turns at the connections that there are, also when some of these are lost', async () => {
  const { db, url, count } = await createCounter()
  const narrow = openDatabase(url, { name: 'narrow', max: 4 })
  onTestFinished(() => closeDatabase(narrow, 0))
  const turns = Array.from({ length: 12 }, (_, nth) =>
    outcomeOf(
      narrow.transaction(async (tx) => {
        if (nth % 3 === 0) await endBackendOf(tx, db)
        await increment(tx)
      }),
    ),
  )
  const outcomes = await Promise.all(turns)
  expect(outcomes.filter((outcome) => outcome === 'no error')).toHaveLength(8)
  expect(await count()).toBe(8)
})

test('nobody waits for a lock for longer than 10 s, and not to get it counts as trouble that passes', async () => {
  const { db } = await createCounter()
  expect(await db.transaction((tx) => tx.execute(sql`show lock_timeout`))).toEqual([{ lock_timeout: '10s' }])
  const outcome = await db.transaction(async (holder) => {
    await increment(holder)
    return outcomeOf(db.transaction((tx) => tx.execute(sql`select n from counter for update nowait`)))
  })
  expect(databaseTrouble(outcome)).toMatchObject({ code: 'database-unavailable' })
})

test('whoever waits for a turn when the database is closed is refused', async () => {
  const { db, url } = await createCounter()
  const narrow = openDatabase(url, { name: 'narrow', max: 2 })
  const [first, second] = [
    outcomeOf(narrow.transaction((tx) => endlessly(tx))),
    outcomeOf(narrow.transaction(increment)),
  ]
  await closeDatabase(narrow, 0)
  expect((await Promise.all([first, second])).map(databaseTrouble)).toEqual(
    Array(2).fill(expect.objectContaining({ code: 'database-unavailable' })),
  )
  expect(await db.execute(sql`select n from counter`)).toEqual([{ n: 0 }])
})

const endlessly = (on: Queryable) => on.execute(sql`select pg_sleep(60)`)
