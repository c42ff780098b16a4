import { beforeEach, describe, expect, test, vi } from 'vitest'
import { quotaLimits } from '../../src/db/schema/quotas.ts'
import { commandHere } from '../support/commandHere.ts'
import { aBareDataflow } from '../support/dataflows.ts'
import { createLine, type Line } from '../support/line.ts'
import { askForSlots, throttle } from '../support/quotaUse.ts'
import { aRun } from '../support/runs.ts'

const ACCOUNT = '123456789012'
const LISTING = { account: ACCOUNT, region: 'eu-central-1', category: 'UserList' } as const
const AWAY = { REDIS_URL: 'redis://127.0.0.1:1' }

let line: Line
/** A run of the dataflow CustomerPool, which reads users and who is in which group. */
let run: number

beforeEach(async () => {
  line = await createLine({ users: 0 })
  const dataflow = await aBareDataflow(line.db, { name: 'CustomerPool' })
  const pool = { poolId: 'eu-central-1_AbCdEf123', accountId: ACCOUNT }
  run = await aRun(line.db, dataflow, 'streaming', pool)
})

const json = async (...args: string[]) => JSON.parse((await commandHere(['quota', ...args, '--json'], line.env)).stdout)

describe('quota', () => {
  test('shows each quota that dataflows draw on: what AWS allows, what of it is used, and what became of it', async () => {
    await line.db.insert(quotaLimits).values([
      { accountId: ACCOUNT, region: 'eu-central-1', category: 'UserPoolRead', rate: 40 },
      { accountId: ACCOUNT, region: 'eu-central-1', category: 'UserList', rate: null },
    ])
    await askForSlots(line.redis, LISTING, run, 1)
    await throttle(line.redis, LISTING)
    const found = (await json()).quotas
    const from = { account: ACCOUNT, region: 'eu-central-1', share: 0.9 }
    expect(found).toMatchObject([
      { ...from, category: 'UserPoolRead', rate: 40, live: true, allowed: 36, granted: 0, since: null },
      {
        ...{ ...from, category: 'UserList', rate: 30, live: false, allowed: 27 },
        ...{ granted: 1, waitedSeconds: 1.5, throttled: 1, since: expect.stringMatching(/^20\d\d-.+Z$/) },
        ...{ slowed: true, usedNow: 0, runs: [] },
      },
      { ...from, category: 'UserPoolResourceRead', slowed: false },
      { ...from, category: 'UserResourceRead', slowed: false },
    ])
    expect(found[1].ceiling).toBeLessThan(27)
  })

  test('says who waits for it, in a table for people', async () => {
    await askForSlots(line.redis, LISTING, run, 30)
    const { stdout, stderr } = await commandHere(['quota'], line.env)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/123456789012 +eu-central-1 +UserList +30 +90 % +27 +0 +\d+ +\d+ +\d+ s +0 +20\d\d/)
    expect(stderr).toMatch(/Waiting for UserList of 123456789012 in eu-central-1: run \d+ of CustomerPool \(\d+ req/)
  })

  test('tells how much of it goes out now', async () => {
    const watching = line.start('quota', '--watch', '--json')
    const reports = () => watching.output().split(/^(?=\{)/m)
    await vi.waitFor(() => expect(reports().length).toBeGreaterThan(1), 10_000)
    // what goes out in the moment between two reports is in neither
    const asked = async () => {
      await askForSlots(line.redis, LISTING, run, 2)
      expect(watching.output()).toMatch(/"usedNow": [1-9]/)
    }
    await vi.waitFor(asked, { timeout: 10_000, interval: 200 })
    watching.kill('SIGTERM')
  })

  test('shows what Postgres knows while Redis is away, and says so', async () => {
    const { code, stderr } = await commandHere(['quota'], { ...line.env, ...AWAY })
    expect(code).toBe(0)
    expect(stderr).toMatch(/UserList +30 +90 % +27 +– +– +– +– +– +–/)
    expect(stderr).toContain('Redis is not answering')
    const { stdout } = await commandHere(['quota', '--json'], { ...line.env, ...AWAY })
    expect(JSON.parse(stdout).quotas[1]).toMatchObject({ allowed: 27, ceiling: null, granted: null, runs: null })
  })

  test('with nothing read yet says when there is something to see', async () => {
    const other = await createLine({ users: 0 })
    expect((await commandHere(['quota'], other.env)).stderr).toContain('the first run of a dataflow')
  })
})

describe('quota set', () => {
  test('sets the share of one quota, shown with the rest, until it is taken back', async () => {
    const one = ['--account', ACCOUNT, '--category', 'UserList']
    expect(await json('set', ...one, '--share', '0.5')).toEqual({ account: ACCOUNT, category: 'UserList', share: 0.5 })
    const { stderr } = await commandHere(['quota'], line.env)
    expect(stderr).toMatch(/UserPoolRead +15 +90 %/)
    expect(stderr).toMatch(/UserList +30 +50 % +15 /)
    expect(stderr).toContain('Set: 50 % of UserList in account 123456789012.')
    expect((await commandHere(['quota', 'unset', ...one], line.env)).stderr).toContain('no longer set')
    expect((await json()).shares).toEqual([])
  })

  test('tells all that is wrong at once, and changes nothing', async () => {
    const wrong = ['--account', '1234', '--category', 'UserLists', '--share', '1.5']
    const { code, stderr } = await commandHere(['quota', 'set', ...wrong], line.env)
    expect(code).toBe(2)
    for (const part of ['12 digits', 'did you mean UserList?', 'at most 1']) expect(stderr).toContain(part)
    expect((await commandHere(['quota', 'set', '--share', 'half'], line.env)).stderr).toContain('it is a number')
    expect((await commandHere(['quota', 'unset'], line.env)).stderr).toMatch(
      /No share is set for every category in every account/,
    )
    expect((await json()).shares).toEqual([])
  })
})
