import { type AddressInfo, createServer } from 'node:net'
import { Redis } from 'ioredis'
import { afterAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  createGovernor,
  type Governor,
  type GovernorOptions,
  quotaKey,
  type Sharer,
  type Slot,
} from '../../src/cognito/governor.ts'
import { QuotaLine } from '../../src/cognito/quotaLine.ts'
import { type Ceiling, quotaOf } from '../../src/cognito/quotas.ts'
import { testRedisUrl } from '../support/redis.ts'

const redis = new Redis(await testRedisUrl())
const line = new QuotaLine(redis)

beforeEach(() => redis.flushdb())
afterAll(() => redis.disconnect())

const nightly: Sharer = { name: '1', weight: 1 }
const adHoc: Sharer = { name: '2', weight: 4 }

function slotOf(operation: string, more: Partial<Slot> = {}): Slot {
  const { category } = quotaOf(operation)
  return { region: 'us-east-1', account: '123456789012', category, operation, poolId: 'us-east-1_A', ...more }
}

const key = quotaKey(slotOf('ListUsers'))

/** A governor that hands out so many slots a second. */
function governorAt(rate: number, share = 1, options: GovernorOptions = {}): Governor {
  const ceilingOf = (): Ceiling => ({ rate, share })
  return createGovernor(redis, { ceilingOf, ...options })
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
    const moments = await take(180, [governorAt(120), governorAt(120)], slotOf('ListUsers'))
    // 120 a second, the first two at once: 178 intervals. The upper bound leaves room for the timers of a busy machine.
    expect(moments.at(-1)).toBeGreaterThanOrEqual(1_480)
    expect(moments.at(-1)).toBeLessThan(3_000)
  })

  test('slots are spread evenly: two at once, then one each interval', async () => {
    const moments = await take(12, [governorAt(20)], slotOf('ListUsers'))
    for (const [index, moment] of moments.entries()) expect(moment).toBeGreaterThanOrEqual(50 * (index - 1) - 2)
  })

  test('ListUsers and ListUsersInGroup share one quota, other accounts and Regions have their own', async () => {
    // 3 a second: one interval is 333 ms.
    const governor = governorAt(30, 0.1)
    const waited = async (slot: Slot) => (await take(1, [governor], slot))[0]
    await take(2, [governor], slotOf('ListUsers'))
    expect(await waited(slotOf('ListUsersInGroup'))).toBeGreaterThan(200)
    expect(await waited(slotOf('ListUsers', { account: '210987654321' }))).toBeLessThan(200)
    expect(await waited(slotOf('ListUsers', { region: 'eu-north-1' }))).toBeLessThan(200)
    expect(await waited(slotOf('DescribeUserPool'))).toBeLessThan(200)
  })

  test('a starred operation keeps to five a second on one pool as well', async () => {
    const moments = await take(6, [governorAt(20)], slotOf('ListGroups'))
    expect(moments.at(-1)).toBeGreaterThan(750)
  })

  test('a ceiling that changes is kept to from the next request on', async () => {
    let rate = 1
    const governor = createGovernor(redis, { ceilingOf: () => ({ rate, share: 1 }) })
    await take(2, [governor], slotOf('ListUsers'))
    rate = 1_000
    const [moment] = await take(1, [governor], slotOf('ListUsers'))
    // what was handed out at one a second is over in a second
    expect(moment).toBeLessThan(1_500)
    expect((await take(100, [governor], slotOf('ListUsers'))).at(-1)).toBeLessThan(1_000)
  })

  test('leaves keys that name no secret and go away by themselves', async () => {
    await take(1, [createGovernor(redis)], slotOf('ListGroups', { sharer: adHoc }))
    const keys = (await redis.keys('*')).sort()
    const prefix = 'poolkeeper:quota:{123456789012:us-east-1}:UserPoolResourceRead'
    expect(keys).toEqual([
      prefix,
      `${prefix}:heads`,
      `${prefix}:us-east-1_A:ListGroups`,
      `${prefix}:us-east-1_A:ListGroups:heads`,
    ])
    for (const one of keys) expect(await redis.pttl(one)).toBeGreaterThan(0)
  })

  test('a clock that was set back delays nobody', async () => {
    const tomorrow = Date.now() + 86_400_000
    await redis.hset(key, 'due', tomorrow, 'last', tomorrow, 'slowedAt', tomorrow, 'held', 1)
    const moments = await take(4, [governorAt(30)], slotOf('ListUsers'))
    expect(moments.at(-1)).toBeLessThan(1_000)
  })
})

describe('sharers', () => {
  /** Takes slots for all of these at once, and tells whose turn it was, one after the other. */
  async function turns(governor: Governor, takers: readonly Partial<Slot>[]): Promise<Partial<Slot>[]> {
    const order: Partial<Slot>[] = []
    await Promise.all(
      takers.map(async (taker) => {
        await governor.take(slotOf('ListUsers', taker))
        order.push(taker)
      }),
    )
    return order
  }

  const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one)

  test('a newcomer is not held up by one with hundreds of requests in line', async () => {
    const governor = governorAt(100)
    let granted = 0
    const crowd = times(200, { sharer: nightly }).map((taker) =>
      governor.take(slotOf('ListUsers', taker)).then(() => granted++),
    )
    await vi.waitFor(async () => expect((await line.look({ key, allowed: 100 })).waiting).not.toEqual([]))
    for (let page = 0; page < 8; page++) await governor.take(slotOf('ListUsers', { sharer: { name: '3', weight: 1 } }))
    // in turn, behind what is handed out ahead: 75 ms, 8 of them; first come, first served it would have been all 200
    expect(granted).toBeLessThan(120)
    await Promise.all(crowd)
  })

  test('take turns by their weights', async () => {
    const order = await turns(governorAt(50), [...times(45, { sharer: nightly }), ...times(45, { sharer: adHoc })])
    // those that came first were handed their slots at once: 75 ms ahead, and two
    const adHocs = order.slice(6, 46).filter(({ sharer }) => sharer === adHoc)
    expect(adHocs.length).toBeGreaterThan(26)
    expect(adHocs.length).toBeLessThan(38)
  })

  test('who paused has saved nothing up', async () => {
    const governor = governorAt(60)
    await turns(governor, times(10, { sharer: nightly }))
    await turns(governor, times(40, { sharer: { name: '3', weight: 1 } }))
    const order = await turns(governor, [
      ...times(30, { sharer: nightly }),
      ...times(30, { sharer: { name: '3', weight: 1 } }),
    ])
    expect(order.slice(0, 30).filter(({ sharer }) => sharer === nightly).length).toBeLessThan(23)
  })

  test('send the request first whose stream is least far', async () => {
    const far = [0.9, 0.3, 0.7, 0.1, 0.5, 0.8, 0.2, 0.6, 0.4]
    // slower than slots are handed out ahead, so that each turn is decided by itself; the first two go at once
    const order = await turns(
      governorAt(10),
      [1, 1, ...far].map((progress) => ({ sharer: nightly, waiting: { progress } })),
    )
    const progress = order.slice(2).map(({ waiting }) => waiting?.progress)
    expect(progress).toEqual([...far].sort())
  })
})

describe('when Cognito throttles', () => {
  const limit = { key, allowed: 30 }
  const ceiling = async () => (await line.look(limit)).ceiling
  const ago = async (ms: number) => {
    const [seconds = 0, micros = 0] = (await redis.time()).map(Number)
    await redis.hset(key, 'slowedAt', seconds * 1_000 + micros / 1_000 - ms)
  }

  test('the whole fleet halves at once, and once only for requests that were on their way', async () => {
    const [one, another] = [governorAt(30), governorAt(30)]
    one.slowDown(slotOf('ListUsers'))
    await vi.waitFor(async () => expect(await ceiling()).toBe(15))
    another.slowDown(slotOf('ListUsersInGroup'))
    await vi.waitFor(async () => expect(await line.look(limit)).toMatchObject({ throttled: 2, ceiling: 15 }))
    const moments = await take(17, [another], slotOf('ListUsers'))
    expect(moments.at(-1)).toBeGreaterThanOrEqual(800)
  })

  test('recovers step by step: just below where it was too much, then little by little', async () => {
    await line.slowDown(limit)
    await ago(1_500)
    expect(await ceiling()).toBeCloseTo(21, 1)
    await ago(2_000)
    expect(await ceiling()).toBeCloseTo(27, 1)
    await ago(12_000)
    expect(await ceiling()).toBeCloseTo(28.5, 1)
    await ago(60_000)
    expect(await ceiling()).toBe(30)
  })

  test('halves again from where it was, but never below a request a second', async () => {
    await line.slowDown(limit)
    await ago(2_000)
    await line.slowDown(limit)
    expect(await ceiling()).toBeCloseTo(13.5, 1)
    for (let again = 0; again < 10; again++) {
      await ago(1_000)
      await line.slowDown(limit)
    }
    expect(await ceiling()).toBe(1)
  })

  test('an operation on one pool slows its category down too', async () => {
    governorAt(20).slowDown(slotOf('ListGroups'))
    const slot = slotOf('ListGroups')
    await vi.waitFor(async () => {
      expect(await line.look({ key: quotaKey(slot), allowed: 20 })).toMatchObject({ ceiling: 10 })
      expect(await line.look({ key: `${quotaKey(slot)}:us-east-1_A:ListGroups`, allowed: 5 })).toMatchObject({
        ceiling: 2.5,
      })
    })
  })
})

describe('who waits', () => {
  const limit = { key, allowed: 1 }

  test('gives up at once when its turn would come too late, and leaves the line', async () => {
    const governor = governorAt(1)
    await take(2, [governor], slotOf('ListUsers'))
    const late = governor.take(slotOf('ListUsers', { sharer: nightly, waiting: { until: Date.now() + 500 } }))
    await expect(late).rejects.toMatchObject({
      name: 'WaitError',
      code: 'quota-busy',
      message: expect.stringContaining('UserList of account 123456789012 in us-east-1'),
    })
    expect((await line.look(limit)).waiting).toEqual([])
  })

  test('is heard when it is aborted: the reason, at once, and nobody waits behind it', async () => {
    const governor = governorAt(1)
    const controller = new AbortController()
    await take(2, [governor], slotOf('ListUsers'))
    const waiting = governor.take(slotOf('ListUsers', { sharer: nightly }), controller.signal)
    await vi.waitFor(async () => expect((await line.look(limit)).waiting).toEqual([{ sharer: '1', requests: 1 }]))
    const reason = new Error('cancelled')
    controller.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    await expect(governor.take(slotOf('ListUsers'), controller.signal)).rejects.toBe(reason)
    await vi.waitFor(async () => expect((await line.look(limit)).waiting).toEqual([]))
  })

  test('and dies holds up the others for a moment only', async () => {
    const asking = { sharer: nightly, progress: 0, id: '', waitedMs: 0, patienceMs: 60_000 }
    const dying = { limit: { key, allowed: 20 }, ...asking }
    await Promise.all(Array.from({ length: 40 }, () => line.ask(dying)))
    await vi.waitFor(async () => expect((await line.look(limit)).waiting).not.toEqual([]))
    const moments = await take(1, [governorAt(20)], slotOf('ListUsers', { sharer: { name: '3', weight: 0.01 } }))
    expect(moments[0]).toBeLessThan(3_000)
  })

  test('is told of by the quota, with what it has handed out', async () => {
    const governor = governorAt(10)
    const took = await governor.take(slotOf('ListUsers'))
    expect(took).toBeLessThan(100)
    const takers = Array.from({ length: 4 }, () => governor.take(slotOf('ListUsers', { sharer: adHoc })))
    await vi.waitFor(async () =>
      expect(await line.look({ key, allowed: 10 })).toMatchObject({ waiting: [{ sharer: '2', requests: 3 }] }),
    )
    const waited = await Promise.all(takers)
    const state = await line.look({ key, allowed: 10 })
    expect(state).toMatchObject({ granted: 5, throttled: 0, ceiling: 10, waiting: [] })
    expect(state.since).toBeGreaterThan(Date.now() - 60_000)
    expect(Math.abs(state.waitedMs - waited.reduce((sum, ms) => sum + ms, 0))).toBeLessThan(200)
  })
})

describe('while Redis is away', () => {
  function unreachable(): Redis {
    const nowhere = new Redis({ port: 1, host: '127.0.0.1', enableOfflineQueue: false, retryStrategy: () => null })
    nowhere.on('error', (error) => expect(error.message).toContain('ECONNREFUSED'))
    return nowhere
  }

  const awayAt = (rate: number, options: GovernorOptions = {}) =>
    createGovernor(unreachable(), { ceilingOf: () => ({ rate, share: 1 }), ...options })

  test('hands out a safe slice of the quota, by how many workers were last alive, and says so once', async () => {
    const onAway = vi.fn()
    const moments = await take(11, [awayAt(30, { onAway, workersAlive: () => 4 })], slotOf('ListUsers'))
    // 30 a second, a quarter of it: 7.5 a second.
    expect(moments.at(-1)).toBeGreaterThan(1_150)
    expect(onAway).toHaveBeenCalledOnce()
    const alone = await take(11, [awayAt(30, { workersAlive: () => 1 })], slotOf('ListUsers'))
    expect(alone.at(-1)).toBeLessThan(1_150)
  })

  test('does not wait for a Redis that hangs', async () => {
    // A port that accepts and never answers: the half-open socket of a failover.
    const silent = createServer()
    onTestFinished(() => void silent.close())
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    const hanging = new Redis({ port, host: '127.0.0.1' })
    onTestFinished(() => hanging.disconnect())
    const [moment] = await take(1, [createGovernor(hanging)], slotOf('ListUsers'))
    expect(moment).toBeLessThan(1_000)
  })

  test('gives up what would wait too long all the same, and a throttling is survived', async () => {
    const governor = awayAt(1)
    governor.slowDown(slotOf('ListUsers'))
    await take(2, [governor], slotOf('ListUsers')).catch(() => undefined)
    const late = governor.take(slotOf('ListUsers', { waiting: { until: Date.now() + 500 } }))
    await expect(late).rejects.toMatchObject({ code: 'quota-busy' })
  })

  test('without a Redis at all keeps to the slice too', async () => {
    const governor = createGovernor(undefined, { ceilingOf: () => ({ rate: 30, share: 1 }) })
    const moments = await take(4, [governor], slotOf('ListUsers'))
    expect(moments.at(-1)).toBeGreaterThan(250)
  })
})
