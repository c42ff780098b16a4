import { sql } from 'drizzle-orm'
import { expect, onTestFinished, test, vi } from 'vitest'
import { closeDatabase, openDatabase } from '../../src/db/database.ts'
import { createTestDatabase } from '../support/database.ts'
import { openProxy } from '../support/proxy.ts'

test('a server that comes back is worked with again at once, however many connections it had cut', async () => {
  const { url } = await createTestDatabase()
  const proxy = await openProxy(url)
  const db = openDatabase(proxy.url, { name: 'test', max: 20 })
  onTestFinished(() => closeDatabase(db, 0))
  const ask = () => Promise.allSettled(Array.from({ length: 10 }, () => db.execute(sql`select pg_sleep(0.1)`)))
  await ask()
  proxy.cut()
  // the first finds the connections closed, the second is refused, the third waits to be refused again
  await ask()
  await ask()
  const third = ask()
  await proxy.mend()
  const from = performance.now()
  await third
  await vi.waitFor(() => db.execute(sql`select 1`), { timeout: 30_000 })
  // 10 to 20 s by postgres.js's own reckoning
  expect(performance.now() - from).toBeLessThan(5_000)
})
