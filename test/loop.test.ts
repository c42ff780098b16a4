import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createLogger } from '../src/logger.ts'
import { startLoop } from '../src/loop.ts'

const HOURS = 3_600_000

/** A loop whose rounds end when the test says so. */
function aLoop({ everyMs = HOURS } = {}) {
  const logger = createLogger('test', 'silent')
  const errors = vi.spyOn(logger, 'error')
  const open: { end: (left?: true) => void; fail: (error: Error) => void }[] = []
  const round = vi.fn(() => new Promise<true | undefined>((end, fail) => open.push({ end, fail })))
  const loop = startLoop('test', everyMs, round, logger)
  const end = async (left?: true) => {
    open.shift()?.end(left)
    await settled()
  }
  onTestFinished(async () => {
    const stopped = loop.stop()
    await end()
    await stopped
  })
  return { loop, round, errors, end, fail: (error: Error) => open.shift()?.fail(error) }
}

/** After whatever is due by now. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('a loop', () => {
  test('begins at once, and one round never overlaps another', async () => {
    const { loop, round } = aLoop({ everyMs: 0 })
    expect(round).toHaveBeenCalledTimes(1)
    loop.wake()
    await settled()
    expect(round).toHaveBeenCalledTimes(1)
  })

  test('pauses between two rounds, until it is woken', async () => {
    const { loop, round, end } = aLoop()
    await end()
    expect(round).toHaveBeenCalledTimes(1)
    loop.wake()
    await vi.waitFor(() => expect(round).toHaveBeenCalledTimes(2), { interval: 1 })
  })

  test('woken during a round, however often, runs one more right after it', async () => {
    const { loop, round, end } = aLoop()
    loop.wake()
    loop.wake()
    await end()
    await vi.waitFor(() => expect(round).toHaveBeenCalledTimes(2), { interval: 1 })
    await end()
    await settled()
    expect(round).toHaveBeenCalledTimes(2)
  })

  test('goes on at once after a round that has left something to do, and only then', async () => {
    const { round, end } = aLoop()
    await end(true)
    await vi.waitFor(() => expect(round).toHaveBeenCalledTimes(2), { interval: 1 })
    await end()
    await settled()
    expect(round).toHaveBeenCalledTimes(2)
  })

  test('goes on after a round that failed, and logs it', async () => {
    const { round, errors, fail } = aLoop({ everyMs: 1 })
    const error = new Error('Redis is away')
    fail(error)
    await vi.waitFor(() => expect(round).toHaveBeenCalledTimes(2), { interval: 1 })
    expect(errors).toHaveBeenCalledWith({ err: error, loop: 'test' }, expect.stringContaining('tried again'))
  })

  test('that is stopped lets the round under way end, and runs no more', async () => {
    const { loop, round, end } = aLoop({ everyMs: 0 })
    let stopped = false
    const stopping = loop.stop().then(() => {
      stopped = true
    })
    await settled()
    expect(stopped).toBe(false)
    await end()
    await stopping
    expect(round).toHaveBeenCalledTimes(1)
  })

  test('that is stopped in its pause stops at once', async () => {
    const { loop, round, end } = aLoop()
    await end()
    await loop.stop()
    loop.wake()
    await settled()
    expect(round).toHaveBeenCalledTimes(1)
  })
})
