import { Redis } from 'ioredis'
import { inject } from 'vitest'

/** A server has sixteen databases; 0 stays for what the environment's server is otherwise used for. */
const DATABASES = 15

/**
 * The address of a Redis database that no other test file uses at the same time, emptied. Empty it with FLUSHDB, never
 * FLUSHALL: the file beside this one has its own on the same server.
 */
export async function testRedisUrl(): Promise<string> {
  const url = new URL(inject('redisUrl'))
  // biome-ignore lint/style/noProcessEnv: vitest tells its workers apart by this variable only
  url.pathname = `/${1 + (Number(process.env.VITEST_POOL_ID) % DATABASES)}`
  const redis = new Redis(url.href)
  await redis.flushdb()
  redis.disconnect()
  return url.href
}
