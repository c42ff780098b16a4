import type { Redis } from 'ioredis'

/** A rate that a request has to keep: one request every `intervalMs`. */
export interface Limit {
  readonly key: string
  readonly intervalMs: number
}

/**
 * Requests that may go out at once after a pause. Spread slots fill a quota that is counted by the second without
 * tripping it; a burst of a second's worth, twice in a row, would.
 */
const BURST = 2

/** Nobody waits longer: a clock that was set back must not stop the fleet until it has caught up. */
const LONGEST_WAIT_MS = 60_000

/**
 * GCRA (generic cell rate algorithm): a key holds the time at which its next slot is due. A request takes the first
 * moment that suits all its limits, and moves each of them on by its interval. The clock is Redis's, the same for all
 * workers. ARGV: burst, longest wait, and each key's interval in ms. Answers the ms to wait.
 */
const RESERVE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local start = now
local due = {}
for i, key in ipairs(KEYS) do
  due[i] = math.min(tonumber(redis.call('GET', key)) or 0, now + ARGV[2])
  start = math.max(start, due[i] - ARGV[i + 2] * (ARGV[1] - 1))
end
for i, key in ipairs(KEYS) do
  local after = math.max(due[i], start) + ARGV[i + 2]
  redis.call('SET', key, string.format('%.3f', after), 'PX', math.ceil(after - now) + 1000)
end
return math.ceil(start - now)
`

/**
 * Reserves the next slot that keeps all the limits, for the whole fleet.
 * @returns the ms to wait for it.
 * @throws what Redis answers, or an error after `timeoutMs`.
 */
export async function reserveInRedis(redis: Redis, limits: readonly Limit[], timeoutMs: number): Promise<number> {
  const keys = limits.map(({ key }) => key)
  const intervals = limits.map(({ intervalMs }) => intervalMs)
  const answer = redis.eval(RESERVE, keys.length, ...keys, BURST, LONGEST_WAIT_MS, ...intervals)
  return Number(await withinTime(answer, timeoutMs))
}

async function withinTime<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Redis took longer than ${timeoutMs} ms`)), timeoutMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** The same algorithm within this process, on its own steady clock. Holds one number for each key, so it stays small. */
export class LocalSlots {
  readonly #due = new Map<string, number>()

  /** Reserves the next slot that keeps all the limits. @returns the ms to wait for it. */
  reserve(limits: readonly Limit[]): number {
    const now = performance.now()
    const starts = limits.map(({ key, intervalMs }) => this.#dueOf(key) - intervalMs * (BURST - 1))
    const start = Math.max(now, ...starts)
    for (const { key, intervalMs } of limits) this.#due.set(key, Math.max(this.#dueOf(key), start) + intervalMs)
    return start - now
  }

  #dueOf(key: string): number {
    return this.#due.get(key) ?? 0
  }
}
