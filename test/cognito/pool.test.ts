import type { UserType } from '@aws-sdk/client-cognito-identity-provider'
import { beforeAll, describe, expect, test } from 'vitest'
import { openPool, type PoolClient } from '../../src/cognito/client.ts'
import { describePool } from '../../src/cognito/describe.ts'
import { BEGINNING, readPages } from '../../src/cognito/pages.ts'
import { disagreement, shardsFallShort, userStreams } from '../../src/cognito/shards.ts'
import { groupNames } from '../../src/cognito/tables/groups.ts'
import { users } from '../../src/cognito/tables/users.ts'
import type { StreamSource } from '../../src/db/schema/tasks.ts'
import type { Row } from '../../src/db/table.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'

const USERS = 1_000

let sandbox: Sandbox
let pool: PoolClient

beforeAll(async () => {
  sandbox = await startSandbox({ users: USERS, groups: 4, quota: 1_000, shortPages: 0.3, emptyPages: 0.2 })
  pool = openPool({
    poolId: sandbox.poolId,
    region: sandbox.region,
    credentials: { kind: 'access-key', ...sandbox.credentials },
    endpoint: sandbox.endpoint,
  })
  return async () => {
    pool.close()
    await sandbox.stop()
  }
})

async function read(stream: StreamSource): Promise<unknown[]> {
  const records: unknown[] = []
  for await (const page of readPages(pool, stream, BEGINNING)) records.push(...page.records)
  return records
}

/** The names of all attributes of a row or a user, with their values as text, in one order. */
const sorted = (values: Iterable<readonly [string, unknown]>) =>
  [...values].map(([name, value]) => `${name}=${value}`).sort()

/** Undoes a row: the attributes that it came from, as far as their values stay text. */
function attributesOf(row: Row): string[] {
  const own = new Set(['username', 'status', 'enabled', 'created_at', 'last_modified_at'])
  return sorted(
    Object.entries(row)
      .filter(([column]) => !own.has(column))
      .map(([column, value]) => [
        column.replace(/^(dev_)?custom_/, (_all, dev) => (dev ? 'dev:custom:' : 'custom:')),
        typeof value === 'object' ? JSON.stringify(value) : value,
      ]),
  )
}

describe('a pool of the sandbox', () => {
  test.each<[string, () => StreamSource[]]>([
    ['one stream', () => userStreams(0)],
    ['sixteen shards', () => userStreams(2_000)],
  ])('is read whole by %s: every user once, every attribute in its column', async (_what, streams) => {
    const { attributes } = await describePool(pool)
    const toRow = users.rowMapper(users.shape(attributes))
    const records = (await Promise.all(streams().map(read))).flat()
    const rows = new Map<unknown, Row>()
    for (const record of records) {
      const mapped = toRow(record)
      if (!('row' in mapped)) return expect.unreachable(mapped.reject)
      expect(mapped.warnings).toBe(0)
      rows.set(mapped.row.sub, mapped.row)
    }
    expect(records).toHaveLength(USERS)
    expect(rows.size).toBe(USERS)
    for (const user of sandbox.users() as Iterable<UserType>) {
      const expected = new Map(user.Attributes?.map(({ Name = '', Value }) => [Name, Value]))
      const row = rows.get(expected.get('sub'))
      expect(row && attributesOf(row)).toEqual(sorted(expected))
      expect(row).toMatchObject({ username: user.Username, status: user.UserStatus, enabled: user.Enabled })
    }
  })

  test('its groups and their members are read whole', async () => {
    const groups = await read({ source: 'groups' })
    expect(groupNames(groups).sort()).toEqual(
      sandbox
        .groups()
        .map(({ GroupName }) => GroupName)
        .sort(),
    )
    for (const group of groupNames(groups)) {
      const members = await read({ source: 'group_members', group })
      expect(members).toHaveLength([...sandbox.members(group)].length)
    }
  })

  test('a shard that silently finds nobody gives itself away', async () => {
    const counts = await Promise.all(userStreams(2_000).map(async (stream) => (await read(stream)).length))
    const [whole, a = 0] = [counts.reduce((sum, count) => sum + count), counts[10]]
    const takeAway = sandbox.faults.add({ kind: 'losingFilter', prefix: 'a' })
    const lost = await read({ source: 'users', prefix: 'a' })
    takeAway()
    expect(lost).toHaveLength(0)
    const found = (byShards: number) => ({ byShards, asOneStream: null, estimated: USERS })
    expect(shardsFallShort(found(whole))).toBe(false)
    expect(shardsFallShort(found(whole - a))).toBe(true)
  })
})

test('a small pool is read as one stream, a large one as sixteen', () => {
  expect(userStreams(1_999)).toEqual([{ source: 'users', prefix: null }])
  expect(userStreams(2_000)).toHaveLength(16)
})

test('shards are believed within the tolerance of an estimate', () => {
  const believed = (byShards: number, estimated: number) => !shardsFallShort({ byShards, asOneStream: null, estimated })
  expect(believed(2_000, 2_000)).toBe(true)
  expect(believed(1_950, 2_000)).toBe(true)
  expect(believed(1_875, 2_000)).toBe(false)
  expect(believed(937_500, 1_000_000)).toBe(false)
  expect(believed(2_500, 2_000)).toBe(true)
})

test('a pool is read as one stream once, whatever that brings', () => {
  expect(shardsFallShort({ byShards: 1_000, asOneStream: 1_000, estimated: 2_000 })).toBe(false)
})

describe('what was read in the end', () => {
  test.each([
    ['shards that add up', { byShards: 2_000, asOneStream: null }, 2_000, null],
    ['shards that add up only with their doubles', { byShards: 2_000, asOneStream: null }, 1_000, 'disagrees'],
    ['one stream that found whom the shards had missed', { byShards: 1_875, asOneStream: 2_000 }, 2_000, null],
    ['one stream that a pool without filters was read as', { byShards: 0, asOneStream: 2_000 }, 2_000, null],
    ['users still missing', { byShards: 1_875, asOneStream: 1_875 }, 1_875, 'disagrees'],
    ['as many missing as are tolerated', { byShards: 1_875, asOneStream: 1_940 }, 1_940, null],
    ['one stream with fewer than the shards had', { byShards: 1_900, asOneStream: 1_000 }, 2_000, 'disagrees'],
  ])('%s: %o, %i different ones', (_, read, different, verdict) => {
    expect(disagreement({ ...read, keptAside: 0, estimated: 2_000 }, different) === null).toBe(verdict === null)
  })

  test('is told with all its counts', () => {
    const others = { keptAside: 0, estimated: 2_000 }
    expect(disagreement({ byShards: 1_875, asOneStream: 1_876, ...others }, 1_877)).toBe(
      "The users don't add up: Cognito counts about 2,000, the shards brought 1,875, one stream of all users 1,876, which makes 1,877 different ones.",
    )
    expect(disagreement({ byShards: 2_010, asOneStream: null, ...others }, 1_000)).toContain(
      'the shards brought 2,010, which makes 1,000',
    )
  })
})
