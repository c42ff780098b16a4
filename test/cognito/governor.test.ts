import { type AddressInfo, createServer } from 'node:net'
import { Redis } from 'ioredis'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createGovernor, type Governor, type Slot } from '../../src/cognito/governor.ts'
import { quotaOf } from '../../src/cognito/quotas.ts'
import { reserveInRedis } from '../../src/cognito/slots.ts'
import { testRedisUrl } from '../support/redis.ts'

const redis = new Redis(await testRedisUrl())

beforeEach(() => redis.flushdb())
afterAll(() => redis.disconnect())

function slotOf(operation: string, more: Partial<Slot> = {}): Slot {
  const { category } = quotaOf(operation)
  return { region: 'us-east-1', accountOrPool: '123456789012', category, operation, poolId: 'us-east-1_A', ...more }
}

/** The moments, in ms, at which so many slots were handed out to as many takers at once. */
async function take(count: number, governors: Governor[], slot: Slot): Promise<number[]> {
  const started = performance.now()
  const moments = Array.from({ length: count }, async (_, index) => {
    await governors[index % governors.length]?.take(slot)
    return performance.now() - started
  })
  return (await Promise.all(moments)).sort((a, b) => a - b)
}

describe('with Redis', () => {
  test('many takers of several workers keep to one rate and use it up', async () => {
    const governors = [createGovernor(redis, { share: 4 }), createGovernor(redis, { share: 4 })]
    const moments = await take(180, governors, slotOf('ListUsers'))
    // 120 a second, the first two at once: 178 intervals. The upper bound leaves room for the timers of a busy machine.
    expect(moments.at(-1)).toBeGreaterThanOrEqual(1_480)
    expect(moments.at(-1)).toBeLessThan(3_000)
  })

  test('slots are spread evenly: two at once, then one each interval', async () => {
    const started = performance.now()
    const limit = { key: 'poolkeeper:quota:{spread}', intervalMs: 100 }
    const waits = await Promise.all(Array.from({ length: 50 }, () => reserveInRedis(redis, [limit], 5_000)))
    const elapsed = performance.now() - started
    for (const [index, wait] of waits.entries()) {
      const due = Math.max(0, index - 1) * 100
      expect(wait).toBeLessThanOrEqual(due + 1)
      expect(wait).toBeGreaterThanOrEqual(Math.max(0, due - elapsed - 1))
    }
  })

  test('ListUsers and ListUsersInGroup share one quota, other accounts and Regions have their own', async () => {
    // 3 a second: one interval is 333 ms.
    const governor = createGovernor(redis, { share: 0.1 })
    const waited = async (slot: Slot) => (await take(1, [governor], slot))[0]
    await take(2, [governor], slotOf('ListUsers'))
    expect(await waited(slotOf('ListUsersInGroup'))).toBeGreaterThan(200)
    expect(await waited(slotOf('ListUsers', { accountOrPool: '210987654321' }))).toBeLessThan(200)
    expect(await waited(slotOf('ListUsers', { region: 'eu-north-1' }))).toBeLessThan(200)
    expect(await waited(slotOf('DescribeUserPool'))).toBeLessThan(200)
  })

  test('a starred operation keeps to five a second on one pool as well', async () => {
    const moments = await take(6, [createGovernor(redis, { share: 1 })], slotOf('ListGroups'))
    expect(moments.at(-1)).toBeGreaterThan(750)
  })

  test('leaves keys that name no secret and go away by themselves', async () => {
    await take(1, [createGovernor(redis)], slotOf('ListGroups'))
    const keys = (await redis.keys('*')).sort()
    expect(keys).toEqual([
      'poolkeeper:quota:{123456789012:us-east-1}:UserPoolResourceRead',
      'poolkeeper:quota:{123456789012:us-east-1}:us-east-1_A:ListGroups',
    ])
    for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(0)
  })

  test('a clock that was set back delays nobody for more than a minute', async () => {
    await redis.set('poolkeeper:quota:{123456789012:us-east-1}:UserList', Date.now() + 86_400_000)
    const controller = new AbortController()
    const waiting = createGovernor(redis).take(slotOf('ListUsers'), controller.signal)
    await vi.waitFor(async () => {
      const due = Number(await redis.get('poolkeeper:quota:{123456789012:us-east-1}:UserList'))
      expect(due).toBeLessThan(Date.now() + 61_000)
    })
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })
})

describe('while Redis is away', () => {
  function unreachable(): Redis {
    const nowhere = new Redis({ port: 1, host: '127.0.0.1', enableOfflineQueue: false, retryStrategy: () => null })
    nowhere.on('error', (error) => expect(error.message).toContain('ECONNREFUSED'))
    return nowhere
  }

  test('hands out a safe slice of the quota, and says so once', async () => {
    const onAway = vi.fn()
    const moments = await take(11, [createGovernor(unreachable(), { share: 1, onAway })], slotOf('ListUsers'))
    // 30 a second, a quarter of it: 7.5 a second.
    expect(moments.at(-1)).toBeGreaterThan(1_150)
    expect(onAway).toHaveBeenCalledOnce()
  })

  test('does not wait for a Redis that hangs', async () => {
    // A port that accepts and never answers: the half-open socket of a failover.
    const silent = createServer()
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    const hanging = new Redis({ port, host: '127.0.0.1' })
    const [moment] = await take(1, [createGovernor(hanging)], slotOf('ListUsers'))
    expect(moment).toBeLessThan(1_000)
    hanging.disconnect()
    silent.close()
  })

  test('without a Redis at all keeps to the slice too', async () => {
    const moments = await take(4, [createGovernor(undefined, { share: 1 })], slotOf('ListUsers'))
    expect(moments.at(-1)).toBeGreaterThan(250)
  })
})

test('an abort gives the reason, at once', async () => {
  const governor = createGovernor(redis)
  const controller = new AbortController()
  await take(2, [governor], slotOf('ListGroups'))
  const waiting = governor.take(slotOf('ListGroups'), controller.signal)
  const reason = new Error('cancelled')
  controller.abort(reason)
  await expect(waiting).rejects.toBe(reason)
  await expect(governor.take(slotOf('ListGroups'), controller.signal)).rejects.toBe(reason)
})
