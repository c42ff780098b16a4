import { beforeAll, describe, expect, test } from 'vitest'
import { aDataflowWith, PEOPLE, publishRows } from '../dashboard/api/tables.ts'
import { createTestDatabase } from '../support/database.ts'
import { testRedisUrl } from '../support/redis.ts'
import { bothWays, type Ways } from './ways.ts'

let ways: Ways

beforeAll(async () => {
  const { db, url: databaseUrl } = await createTestDatabase()
  ways = await bothWays({ db, databaseUrl, redisUrl: await testRedisUrl() })
  const dataflow = await aDataflowWith(db, 'CustomerPool', PEOPLE)
  await publishRows(db, dataflow, PEOPLE, [
    { sub: 'a1', email: 'ada@example.com', status: 'CONFIRMED' },
    { sub: 'b2', email: '=1+1', status: 'UNCONFIRMED' },
  ])
  return ways.close
})

describe.each(['here', 'there'] as const)('poolkeeper database, %s', (way) => {
  const database = (line: string) => ways[way](['database', ...line.split(' ')])

  test('lists the tables, and shows what the columns of one hold', async () => {
    expect((await database('list')).stderr).toMatch(/^customerpool\.users +2 +\d+ kB +All +\d+ /m)
    expect((await database('show customerpool')).stderr).toMatch(/^customerpool\.users +2 /m)
    expect((await database('show customerpool.users')).stderr).toMatch(/^email +text +contact +keep +as it is /m)
  })

  test('shows rows: those that are wanted, in the order that is', async () => {
    const { stdout } = await database('rows customerpool.users --sort -sub --json')
    expect(JSON.parse(stdout)).toMatchObject([{ sub: 'b2' }, { sub: 'a1', email: 'ada@example.com' }])
    const { stderr } = await database('rows customerpool.users --filter status=CONFIRMED')
    expect(stderr).toMatch(/a1 +ada@example\.com/)
    expect(stderr).not.toContain('b2')
    expect((await database('rows customerpool.users --filter status=GONE')).stderr).toBe('There are no such rows.\n')
  })

  test('exports all rows to stdout', async () => {
    const { code, stdout, stderr } = await database('export customerpool.users')
    expect([code, stderr, stdout.split('\r\n').length]).toEqual([0, '', 4])
    expect(stdout).toContain("'=1+1")
    const lines = (await database('export customerpool.users --format ndjson --filter sub=a1')).stdout
      .trim()
      .split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ sub: 'a1' }])
  })

  test('tells what is no table, and what there is none of', async () => {
    const [unwritten, unknown] = await Promise.all([database('rows users'), database('show customerpool.houses')])
    expect(unwritten).toMatchObject({ code: 2, stderr: expect.stringContaining('it is a schema and a table') })
    expect(unknown.code).toBe(3)
  })
})
