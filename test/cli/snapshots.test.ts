import { beforeAll, expect, test } from 'vitest'
import { commandHere } from '../support/commandHere.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { aDataflow } from '../support/dataflows.ts'
import { aPublishedImport, people } from '../support/imports.ts'
import { testRedisUrl } from '../support/redis.ts'

let database: TestDatabase
let first: number
let second: number
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  database = await createTestDatabase()
  env = { DATABASE_URL: database.url, REDIS_URL: await testRedisUrl() }
  const dataflow = await aDataflow(database.db, { name: 'CustomerPool' })
  first = await aPublishedImport(database.db, dataflow, { users: people('ada', 'bob') })
  second = await aPublishedImport(database.db, dataflow, { users: [{ sub: 'ada', email: 'ada@example.org' }] })
})

test('snapshots lists what is kept, and which of it readers see', async () => {
  const { stderr } = await commandHere(['snapshots', 'CustomerPool'], env)
  expect(stderr).toMatch(new RegExp(`${second} .+ 1 .+ yes .+ while readers see it`))
  expect(stderr).toMatch(new RegExp(`${first} .+ 2 .+ no .+ for 6 more imports`))
  const { stdout } = await commandHere(['snapshots', 'customerpool', '--json'], env)
  expect(JSON.parse(stdout)).toMatchObject([{ run: second, published: true }, { run: first }])
})

test('diff names the columns that differ', async () => {
  const { stderr } = await commandHere(['diff', 'CustomerPool'], env)
  expect(stderr).toMatch(/users +1 +0 +1 +1 +email 1/)
})

test('a rollback from what readers no longer see changes nothing, and says what they see', async () => {
  const args = ['rollback', 'CustomerPool', '--from', String(first), '--to', String(first)]
  const { code, stderr } = await commandHere(args, env)
  expect(code).toBe(4)
  expect(stderr).toContain(`Readers of CustomerPool see run ${second} by now, and no longer run ${first}.`)
})
