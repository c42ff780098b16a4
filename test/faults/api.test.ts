import { eq } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { EVERYTHING_GRANTED } from '../../src/access/caller.ts'
import { createToken } from '../../src/access/token.ts'
import { createClient } from '../../src/client/client.ts'
import { audit } from '../../src/db/schema/access.ts'
import { runs } from '../../src/db/schema/runs.ts'
import { freePort } from '../../src/embedded/freePort.ts'
import { seedDataflow } from '../dashboard/seeds.ts'
import { createTestDatabase } from '../support/database.ts'
import { startCommand } from '../support/processes.ts'
import { testRedisUrl } from '../support/redis.ts'
import { SOON } from '../support/watching.ts'
import { seededRandom } from './round.ts'

const DATAFLOWS = 40

test('a dashboard killed with -9 in the middle of requests: each is answered by the next one, and is one run', async () => {
  const random = seededRandom()
  const { db, url: databaseUrl } = await createTestDatabase()
  const port = String(await freePort())
  const env = { DATABASE_URL: databaseUrl, REDIS_URL: await testRedisUrl(), PORT: port, HOST: '127.0.0.1' }
  const first = startCommand(['dashboard'], env)
  const names = Array.from({ length: DATAFLOWS }, (_, index) => `Pool${index}`)
  for (const name of names) await seedDataflow(db, { name })
  const token = { ...EVERYTHING_GRANTED, name: 'billing', createdBy: 'ana', expiresAt: null }
  const { secret } = await createToken(db, token)
  const client = createClient({ url: `http://127.0.0.1:${port}`, token: secret })
  await vi.waitFor(async () => expect(first.output()).toContain('listening'), SOON)

  const requested = Promise.all(names.map((name) => client.run(name)))
  const strikeAt = 1 + random.below(DATAFLOWS / 2)
  await vi.waitFor(async () => expect(await db.$count(runs)).toBeGreaterThanOrEqual(strikeAt), { ...SOON, interval: 1 })
  first.kill('SIGKILL')
  await first.finished
  startCommand(['dashboard'], env)

  const answered = await requested
  const made = await db.select({ id: runs.id, key: runs.requestKey }).from(runs)
  expect(answered.map(({ run }) => run).sort()).toEqual(made.map(({ id }) => id).sort())
  expect(new Set(answered.map(({ dataflow }) => dataflow)).size).toBe(DATAFLOWS)
  expect(answered.every(({ state }) => state === 'queued')).toBe(true)
  // whoever asked for each stands in the audit log, as often as there are runs
  expect(await db.$count(audit, eq(audit.action, 'requestRun'))).toBe(DATAFLOWS)
})
