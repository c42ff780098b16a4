import { beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { aDataflowWith, PEOPLE } from '../dashboard/api/tables.ts'
import { createTestDatabase } from '../support/database.ts'
import { takeReadersAway } from '../support/readers.ts'
import { testRedisUrl } from '../support/redis.ts'
import { bothWays, type Ways } from './ways.ts'

let db: Database
let ways: Ways

beforeAll(async () => {
  const database = await createTestDatabase()
  db = database.db
  ways = await bothWays({ db, databaseUrl: database.url, redisUrl: await testRedisUrl() })
  await aDataflowWith(db, 'CustomerPool', PEOPLE)
  return ways.close
})

takeReadersAway(() => db)

describe.each(['here', 'there'] as const)('poolkeeper reader, %s', (way) => {
  const reader = (line: string) => ways[way](['reader', ...line.split(' ')])

  test('makes a role, lists it without its password, and removes it', async () => {
    expect((await reader('list customerpool')).stderr).toContain('Nobody yet.')
    const made = await reader('create customerpool')
    const [, role, password] = /postgresql:\/\/(\w+):([\w-]{27})@/.exec(made.stderr) ?? []
    expect(made.stderr).toContain(`${role} may read the views of customerpool.`)

    const { stdout } = await reader('list customerpool --json')
    const [listed] = JSON.parse(stdout)
    expect(listed).toMatchObject({ role, sessions: 0 })
    expect(stdout).not.toContain(password)

    expect((await reader(`remove customerpool ${listed.id}`)).stderr).toBe(`${role} is gone, with its connections.\n`)
    expect((await reader(`remove customerpool ${listed.id}`)).code).toBe(3)
  })
})

test('with another address for readers names that', async () => {
  const env = { POOLKEEPER_READERS_URL: 'postgres://db.example.com:6432/pools?sslmode=require' }
  const { stdout } = await ways.here(['reader', 'create', 'customerpool', '--json'], env)
  const { connection } = JSON.parse(stdout)
  expect(connection).toMatchObject({ host: 'db.example.com', port: 6432, database: 'pools' })
  expect(connection.url).toMatch(/@db\.example\.com:6432\/pools\?sslmode=require$/)
})
