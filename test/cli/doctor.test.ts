import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { checkPostgres } from '../../src/cli/doctor/checkPostgres.ts'
import { checkRedis } from '../../src/cli/doctor/checkRedis.ts'
import { createDataflow } from '../../src/dataflow/create.ts'
import { example } from '../dataflow/examples.ts'
import { freshKeys } from '../dataflow/keys.ts'
import { createTestDatabase } from '../support/database.ts'
import { runCommand } from '../support/processes.ts'
import { testRedisUrl } from '../support/redis.ts'

const keys = freshKeys()

describe('the doctor', () => {
  test('finds nothing missing on servers that are ready', async () => {
    const { db } = await createTestDatabase()
    const checks = [...(await checkPostgres(db, keys)), ...(await checkRedis(await testRedisUrl()))]
    expect(checks.filter(({ status }) => status === 'failed')).toEqual([])
    expect(checks).toContainEqual({ check: 'Control tables', status: 'ok', detail: 'up to date' })
  })

  test('finds migrations that have not been run', async () => {
    const { db } = await createTestDatabase()
    await db.execute(sql`delete from drizzle.__drizzle_migrations`)
    expect(await checkPostgres(db, keys)).toContainEqual({
      check: 'Control tables',
      status: 'failed',
      detail: expect.stringMatching(/^\d migrations have not been run. Run `poolkeeper migrate`.$/),
    })
  })

  test('finds a key that is missing', async () => {
    const { db } = await createTestDatabase()
    await createDataflow(db, keys, example())
    const findings = await checkPostgres(db, freshKeys())
    expect(findings).toContainEqual({
      check: 'Keys',
      status: 'failed',
      detail: expect.stringContaining(`1 dataflow under ${keys[0]?.id}`),
    })
  })

  test('finds servers that do not answer, and fails', async () => {
    const nowhere = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', REDIS_URL: 'redis://127.0.0.1:1' }
    const { code, stdout } = await runCommand(['doctor', '--json'], nowhere)
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      checks: [
        { check: 'Configuration', status: 'ok' },
        { check: 'Postgres', status: 'failed', detail: expect.stringContaining('ECONNREFUSED') },
        { check: 'Redis', status: 'failed', detail: expect.stringContaining('Check REDIS_URL') },
      ],
    })
  })
})
