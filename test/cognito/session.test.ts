import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { keepSession } from '../../src/cognito/session.ts'

const MINUTES = 60_000

beforeEach(() => vi.useFakeTimers({ toFake: ['Date', 'performance'] }))
afterEach(() => vi.useRealTimers())

/** Sessions that last so long, numbered in the order in which they were lent. */
function lend(lastsMs: number, { clockAheadMs = 0 } = {}) {
  let lent = 0
  const fetch = vi.fn(async () => {
    const expiration = new Date(Date.now() + lastsMs - clockAheadMs)
    return { accessKeyId: `ASIA${++lent}`, secretAccessKey: 'secret', sessionToken: `token ${lent}`, expiration }
  })
  const session = keepSession(fetch)
  const used = async () => (await session.provider()).accessKeyId
  return { fetch, session, used }
}

describe('a session', () => {
  test('is asked for once by many at the same time, and kept', async () => {
    const { fetch, used } = lend(60 * MINUTES)
    expect(await Promise.all([used(), used(), used()])).toEqual(['ASIA1', 'ASIA1', 'ASIA1'])
    vi.advanceTimersByTime(54 * MINUTES)
    expect(await used()).toBe('ASIA1')
    expect(fetch).toHaveBeenCalledOnce()
  })

  test.each([
    ['five minutes', 60 * MINUTES, 55 * MINUTES],
    ['a quarter of a short life', 4 * MINUTES, 3 * MINUTES],
  ])('is renewed %s before it ends, beside requests that still use it', async (_, lasts, renewed) => {
    const { fetch, used } = lend(lasts)
    await used()
    vi.advanceTimersByTime(renewed)
    expect(await used()).toBe('ASIA1')
    await vi.waitFor(async () => expect(await used()).toBe('ASIA2'))
    expect(fetch).toHaveBeenCalledTimes(2)
  })

  test('goes on to its end while no other can be had, asked for now and then; only then requests fail', async () => {
    const { fetch, used } = lend(60 * MINUTES)
    await used()
    fetch.mockRejectedValue(new Error('STS is away'))
    vi.advanceTimersByTime(56 * MINUTES)
    for (let second = 0; second < 30; second++) {
      expect(await used()).toBe('ASIA1')
      vi.advanceTimersByTime(1_000)
    }
    expect(fetch).toHaveBeenCalledTimes(1 + 3)
    vi.advanceTimersByTime(4 * MINUTES)
    await expect(used()).rejects.toThrow('STS is away')
  })

  test('that AWS takes for expired is replaced, by one for all who were refused', async () => {
    const { fetch, session, used } = lend(60 * MINUTES)
    await used()
    vi.advanceTimersByTime(10)
    const began = performance.now()
    vi.advanceTimersByTime(10)
    expect(await Promise.all([session.replace(began), session.replace(began)])).toEqual([true, true])
    expect(await session.replace(began)).toBe(true)
    expect(await used()).toBe('ASIA2')
    expect(fetch).toHaveBeenCalledTimes(2)
  })

  test('that nobody lends anew can not be replaced', async () => {
    const identity = { accessKeyId: 'ASIA1', secretAccessKey: 'secret', sessionToken: 'of the environment' }
    const { provider, replace } = keepSession(async () => identity)
    await provider()
    vi.advanceTimersByTime(10)
    expect(await replace(performance.now())).toBe(false)
  })

  test('that is over before it began, to a clock that is ahead, is used all the same', async () => {
    const { fetch, used } = lend(60 * MINUTES, { clockAheadMs: 120 * MINUTES })
    expect([await used(), await used()]).toEqual(['ASIA1', 'ASIA1'])
    expect(fetch).toHaveBeenCalledOnce()
  })
})
