import type { Line } from '../support/line.ts'

/**
 * Makes Redis look as it does 15 s after all workers have died: their locks have run out, and a stalled check has seen
 * their jobs once. The next worker's first check takes them up. For tests that are not about that wait.
 */
export async function letLocksRunOut({ redis }: Line, kind = 'stream'): Promise<void> {
  const queue = `bull:poolkeeper-${kind}`
  const jobs = await redis.lrange(`${queue}:active`, 0, -1)
  await redis.del(`${queue}:stalled-check`, ...jobs.map((job) => `${queue}:${job}:lock`))
  if (jobs.length > 0) await redis.sadd(`${queue}:stalled`, ...jobs)
}
