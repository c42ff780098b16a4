import { expect, test, vi } from 'vitest'
import { boundedLog } from '../src/boundedLog.ts'
import { createLogger } from '../src/logger.ts'

test('the same complaint is made once a minute, and then tells how often it was swallowed', () => {
  vi.useFakeTimers()
  const logger = createLogger('test', 'silent')
  const error = vi.spyOn(logger, 'error').mockReturnValue()
  const complain = boundedLog(logger)
  const away = new Error('away')
  for (let times = 0; times < 1_000; times++) complain(away, 'Redis is away')
  complain(away, 'a round failed', { loop: 'dispatch' })
  vi.advanceTimersByTime(60_000)
  complain(away, 'Redis is away')
  expect(error.mock.calls).toEqual([
    [{ err: away }, 'Redis is away'],
    [{ err: away, loop: 'dispatch' }, 'a round failed'],
    [{ err: away, repeated: 999 }, 'Redis is away'],
  ])
  vi.useRealTimers()
})

test('what mends itself is a warning', () => {
  const logger = createLogger('test', 'silent')
  const warn = vi.spyOn(logger, 'warn').mockReturnValue()
  const slow = new Error('slow')
  boundedLog(logger, 'warn')(slow, 'Redis is slow')
  expect(warn).toHaveBeenCalledWith({ err: slow }, 'Redis is slow')
})
