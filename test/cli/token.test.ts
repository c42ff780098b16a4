import { expect, test } from 'vitest'
import { findToken } from '../../src/access/token.ts'
import { createTestDatabase } from '../support/database.ts'
import { aBareDataflow } from '../support/dataflows.ts'
import { runCommand } from '../support/processes.ts'
import { testRedisUrl } from '../support/redis.ts'

test('tokens are made, listed and revoked on the command line, and the audit log says so', async () => {
  const { db, url } = await createTestDatabase()
  const { id } = await aBareDataflow(db, { name: 'CustomerPool' })
  const env = { DATABASE_URL: url, REDIS_URL: await testRedisUrl() }
  const granted = ['--role', 'operator', '--dataflow', 'customerpool', '--expires', '90d']
  const made = await runCommand(['token', 'create', 'crm', ...granted, '--json'], env)
  const { id: number, secret, expiresAt } = JSON.parse(made.stdout)
  expect((Date.parse(expiresAt) - Date.now()) / 86_400_000).toBeCloseTo(90, 1)
  expect(await findToken(db, secret)).toMatchObject({ role: 'operator', personal: false, dataflows: [id] })

  const [listed, revoked, refused] = await Promise.all([
    runCommand(['token', 'list'], env),
    runCommand(['token', 'revoke', String(number)], env),
    runCommand(['token', 'create', 'crm', '--expires', 'never'], env),
  ])
  expect(listed.stderr).toMatch(/crm +pk_.{4} +operator +CustomerPool/)
  expect(listed.stderr).not.toContain(secret)
  expect(revoked.stderr).toContain('opens nothing any more')
  expect(refused.stderr).toMatch(/--expires.*90d, 12h/)
  expect(await findToken(db, secret)).toBeUndefined()

  const log = await runCommand(['audit', '--action', 'createToken', '--since', '1h', '--json'], env)
  expect(JSON.parse(log.stdout)).toMatchObject([
    { via: 'command', target: `token ${number}`, details: { name: 'crm' } },
  ])
  expect(log.stdout + made.stderr).not.toContain(secret)
})
