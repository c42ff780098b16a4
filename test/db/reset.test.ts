import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { expect, onTestFinished, test } from 'vitest'
import { closeDatabase, openDatabase } from '../../src/db/database.ts'
import { createTestDatabase } from '../support/database.ts'
import { openProxy } from '../support/proxy.ts'

const RESETS = 60

test('whatever is under way when connections are reset is answered or refused: nothing waits for ever', async () => {
  const { url } = await createTestDatabase()
  const proxy = await openProxy(url)
  const db = openDatabase(proxy.url, { name: 'test', max: 6 })
  onTestFinished(() => closeDatabase(db, 0))
  let resetting = true
  const askAgainAndAgain = async (ask: () => Promise<unknown>) => {
    while (resetting) await Promise.allSettled([ask()])
  }
  const clients = Array.from({ length: 5 }, () => [
    askAgainAndAgain(() => db.execute(sql`select 1`)),
    askAgainAndAgain(() => db.transaction((tx) => tx.execute(sql`select 1`))),
  ])
  for (let resets = 0; resets < RESETS; resets++) {
    await pause((resets * 7) % 40)
    proxy.reset()
  }
  resetting = false
  // far sooner than their silence would end them
  const all = Promise.all(clients.flat()).then(() => 'all ended')
  expect(await Promise.race([all, pause(10_000, 'some hang')])).toBe('all ended')
})
