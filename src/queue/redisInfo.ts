import type { Redis } from 'ioredis'

/** What Redis says of itself, by name. INFO, because hosted servers refuse CONFIG. */
export async function redisInfo(redis: Redis): Promise<ReadonlyMap<string, string>> {
  const pairs = (await redis.info()).split('\r\n').map((line) => line.split(':'))
  return new Map(pairs.map(([name = '', ...value]) => [name, value.join(':')]))
}
