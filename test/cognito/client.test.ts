import { ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Slot } from '../../src/cognito/governor.ts'
import { openSilentServer } from '../support/silentServer.ts'
import { scripted } from './scripted.ts'

const poolId = 'us-east-1_Scripted1'
const listUsers = () => new ListUsersCommand({ UserPoolId: poolId, Limit: 60 })

describe('counting', () => {
  test('counts each attempt under the retry, and the throttled ones among them', async () => {
    const { pool } = await scripted((_asked, count) => {
      if (count === 1) return { error: 'TooManyRequestsException' }
      return count === 2 ? { error: 'InternalErrorException', status: 500 } : { Users: [] }
    })
    await pool.send(listUsers())
    expect(pool.takeCounts()).toEqual({ requests: 3, throttled: 1, waitedMs: 0 })
    expect(pool.takeCounts()).toEqual({ requests: 0, throttled: 0, waitedMs: 0 })
  })

  test('counts a command that is sent twice as two requests', async () => {
    const { pool } = await scripted(() => ({ Users: [] }))
    const command = listUsers()
    await pool.send(command)
    await pool.send(command)
    expect(pool.takeCounts().requests).toBe(2)
  })

  test('adds up how long requests waited for their quota, those of others that wait at the same time as well', async () => {
    const take = async () => 40
    const { pool } = await scripted(() => ({ Users: [] }), { governor: { take, slowDown: vi.fn() } })
    const sending = [pool.send(listUsers()), pool.send(listUsers()), pool.send(listUsers())]
    pool.takeCounts()
    await Promise.all(sending)
    expect(pool.takeCounts()).toEqual({ requests: 3, throttled: 0, waitedMs: 120 })
  })
})

describe('the governor', () => {
  test('is asked before every attempt, with what the quota is counted by', async () => {
    const slots: Slot[] = []
    const take = async (slot: Slot) => 10 * slots.push(slot)
    const slowDown = vi.fn()
    const sharer = { name: '7', weight: 4 }
    const { pool } = await scripted((_asked, count) => (count < 3 ? { error: 'TooManyRequestsException' } : {}), {
      ...{ governor: { take, slowDown }, sharer },
      account: '123456789012',
    })
    await pool.waiting({ progress: 0.5 }).send(listUsers())
    expect(slots).toHaveLength(3)
    expect(pool.takeCounts()).toEqual({ requests: 3, throttled: 2, waitedMs: 60 })
    expect(slowDown.mock.calls).toEqual([[slots[0]], [slots[1]]])
    expect(slots[0]).toEqual({
      region: 'us-east-1',
      account: '123456789012',
      category: 'UserList',
      operation: 'ListUsers',
      poolId,
      sharer,
      waiting: { progress: 0.5 },
    })
  })

  test('holds a request back until its slot, and lets go of it at an abort', async () => {
    const reason = new Error('quiet')
    const controller = new AbortController()
    const take = vi.fn((_slot: Slot, signal?: AbortSignal) => {
      return new Promise<number>((_resolve, reject) =>
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true }),
      )
    })
    const { pool, asked } = await scripted(() => ({}), { governor: { take, slowDown: vi.fn() } })
    const sent = pool.send(listUsers(), controller.signal)
    await vi.waitFor(() => expect(take).toHaveBeenCalled())
    controller.abort(reason)
    await expect(sent).rejects.toBe(reason)
    expect(asked).toHaveLength(0)
    expect(pool.takeCounts().requests).toBe(0)
  })
})

test('a server that takes the request and never answers is given up after 15 s', { timeout: 5_000 }, async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
  const { pool, asked } = await scripted(() => () => undefined, { attempts: 1 })
  const sent = pool.send(listUsers()).catch((error) => error)
  while (asked.length === 0) await new Promise(setImmediate)
  vi.advanceTimersByTime(15_000)
  expect(await sent).toMatchObject({ name: 'WaitError', code: 'network' })
})

test('so is a server that is asked for a role and never answers', { timeout: 5_000 }, async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_STS', `http://${await openSilentServer()}`)
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIASCRIPTED')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'scripted')
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => {
    vi.useRealTimers()
    vi.unstubAllEnvs()
  })
  const credentials = { kind: 'role', roleArn: 'arn:aws:iam::123456789012:role/reader', externalId: 'ours' } as const
  const { pool } = await scripted(() => ({}), { credentials, attempts: 1 })
  let answer: unknown
  void pool.send(listUsers()).catch((error: unknown) => {
    answer = error
  })
  while (answer === undefined) {
    vi.advanceTimersByTime(1_000)
    await new Promise(setImmediate)
  }
  expect(answer).toMatchObject({ name: 'WaitError', code: 'network' })
})

describe('aborting', () => {
  test('rejects with the reason while a request is under way', async () => {
    const reason = new Error('cancelled')
    const controller = new AbortController()
    const { pool, asked } = await scripted(() => () => undefined)
    const sent = pool.send(listUsers(), controller.signal)
    await vi.waitFor(() => expect(asked).toHaveLength(1))
    controller.abort(reason)
    await expect(sent).rejects.toBe(reason)
  })

  test('rejects with the reason while the retry waits, at once and not when it has waited', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.99)
    onTestFinished(() => void vi.restoreAllMocks())
    const reason = new Error('cancelled')
    const controller = new AbortController()
    const { pool, asked } = await scripted(() => ({ error: 'TooManyRequestsException' }))
    const sent = pool.send(listUsers(), controller.signal)
    // the third one would follow 2 s after the second
    await vi.waitFor(() => expect(asked).toHaveLength(2), { timeout: 5_000 })
    const abortedAt = performance.now()
    controller.abort(reason)
    await expect(sent).rejects.toBe(reason)
    expect(performance.now() - abortedAt).toBeLessThan(1_000)
    expect(asked).toHaveLength(2)
  })
})
