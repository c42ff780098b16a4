import { beforeAll, describe, expect, test } from 'vitest'
import { seedDataflow, seedPublished, seedRun } from '../dashboard/seeds.ts'
import { commandHere } from '../support/commandHere.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { testRedisUrl } from '../support/redis.ts'
import { bothWays, type Ways } from './ways.ts'

let database: TestDatabase
let ways: Ways
let succeeded: number

beforeAll(async () => {
  database = await createTestDatabase()
  const { db, url: databaseUrl } = database
  ways = await bothWays({ db, databaseUrl, redisUrl: await testRedisUrl() })
  const dataflow = await seedDataflow(db, { name: 'CustomerPool' })
  await seedRun(db, dataflow, { state: 'failed', cause: 'permission-missing', description: 'A permission is missing.' })
  succeeded = await seedRun(db, dataflow)
  await seedPublished(db, dataflow, succeeded)
  return ways.close
})

describe('a command does the same on the database and through the API', () => {
  test.each([
    ['history'],
    ['history CustomerPool --state failed --json'],
    ['history --cause guard'],
    ['history --limit 1 --json'],
    ['history NoSuchPool'],
    ['history --state lost'],
    ['watch 1'],
    ['watch 2 --json'],
    ['show 99'],
    ['cancel 1'],
    ['retry 99 --json'],
    ['run NoSuchPool'],
    ['run CustomerPool --table houses'],
    ['dataflow list'],
    ['dataflow show customerpool --json'],
    ['policy CustomerPool'],
    ['connect NoSuchPool'],
    ['preview NoSuchPool'],
    ['rollback CustomerPool'],
    ['diff CustomerPool --from 1'],
    ['quota'],
    ['quota set --share 2'],
    ['quota unset --json'],
    ['token list'],
    ['token revoke 99'],
  ])('poolkeeper %s', async (line) => {
    const [here, there] = await Promise.all([ways.here(line.split(' ')), ways.there(line.split(' '))])
    expect(there).toEqual(here)
    expect(here.stdout + here.stderr).not.toBe('')
  })
})

test('the exit code tells what went wrong', async () => {
  const codes = async (...lines: string[]) => {
    const finished = await Promise.all(lines.map((line) => ways.there(line.split(' '))))
    return finished.map(({ code }) => code)
  }
  expect(await codes('show 2', 'watch 1', 'history --state lost', 'show 99', 'cancel 2')).toEqual([0, 1, 2, 3, 4])
  const stranger = { POOLKEEPER_TOKEN: 'pk_made-up' }
  expect((await ways.there(['show', '2'], stranger)).code).toBe(5)
  const away = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', REDIS_URL: 'redis://127.0.0.1:1' }
  expect((await commandHere(['show', '2'], away)).code).toBe(6)
})

test('a run that is requested says who asked: the person here, the token there', async () => {
  const there = await ways.there(['run', 'CustomerPool', '--json'])
  expect(JSON.parse(there.stdout)).toMatchObject({ state: 'queued', trigger: 'api', requestedBy: 'laptop' })
  const here = await ways.here(['run', 'CustomerPool', '--json'])
  expect(JSON.parse(here.stdout)).toMatchObject({ state: 'skipped', trigger: 'manual' })
  expect([there.code, here.code]).toEqual([0, 1])
  const { run } = JSON.parse(there.stdout)
  expect((await ways.there(['cancel', String(run)])).stderr).toContain(`Run ${run} is cancelled`)
})

test('whoever works here may do everything; there it is what the token allows', async () => {
  expect((await ways.here(['whoami'])).stderr).toMatch(/^.+: admin, for all dataflows\.\nPersonal values are shown as/)
  expect(JSON.parse((await ways.there(['whoami', '--json'])).stdout)).toMatchObject({ name: 'laptop', via: 'token' })
})

describe('--server', () => {
  const token = () => ({ POOLKEEPER_TOKEN: ways.token })

  test('names the server, wherever it stands', async () => {
    for (const args of [
      ['--server', ways.url, 'show', '2', '--json'],
      ['show', '2', '--json', `--server=${ways.url}`],
    ]) {
      expect(JSON.parse((await commandHere(args, token())).stdout)).toMatchObject({ run: succeeded })
    }
  })

  test('wants a token', async () => {
    const { code, stderr } = await commandHere(['show', '2', '--server', ways.url], {})
    expect([code, stderr]).toEqual([
      5,
      'poolkeeper: A server wants to know who asks. Set POOLKEEPER_TOKEN to a token that `poolkeeper token create` has made there.\n',
    ])
  })

  test('has to be an address, at which a server answers', async () => {
    const wrong = await commandHere(['show', '2', '--server', 'poolkeeper'], token())
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('poolkeeper is no address') })
    const elsewhere = await commandHere(['show', '2', '--server', `${ways.url}/elsewhere`], token())
    expect(elsewhere).toMatchObject({ code: 1, stderr: expect.stringContaining('Check the address') })
  })

  test('is refused by what is about this machine', async () => {
    const { code, stderr } = await commandHere(['keys', 'rotate', '--server', ways.url], token())
    expect(code).toBe(2)
    expect(stderr).toContain('`keys rotate` is about this machine and its servers, and no API does it.')
    expect((await commandHere(['migrate'], { ...token(), POOLKEEPER_URL: ways.url })).stderr).toContain('no API does')
  })
})
