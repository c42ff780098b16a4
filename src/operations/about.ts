import type { Redis } from 'ioredis'
import { keysInUse } from '../dataflow/sealedSecrets.ts'
import { serverVersion } from '../db/serverVersion.ts'
import { countFleet } from '../queue/fleet.ts'
import { redisInfo } from '../queue/redisInfo.ts'
import { VERSION } from '../version.ts'
import { withinTimeout } from '../withinTimeout.ts'
import type { Handler } from './context.ts'

export const showAbout: Handler<'showAbout'> = async ({ db, redis, keys }) => {
  const [postgres, seen, used] = await Promise.all([serverVersion(db), lookAt(redis), keysInUse(db)])
  const ids = new Set([...keys.map(({ id }) => id), ...used.keys()])
  return {
    version: VERSION,
    node: process.versions.node,
    postgres,
    redis: seen,
    keys: [...ids].map((id) => ({
      id,
      given: keys.some((key) => key.id === id),
      sealsNew: id === keys[0]?.id,
      secrets: used.get(id) ?? 0,
    })),
  }
}

const PATIENCE_MS = 1_000

/** Whoever asks what runs here wants to know that Redis does not. */
async function lookAt(redis: Redis) {
  try {
    return await withinTimeout(PATIENCE_MS, describe(redis))
  } catch {
    return null
  }
}

async function describe(redis: Redis) {
  // a probe connects once it is asked something; BullMQ would wait for one that is away
  if (redis.status === 'wait' || redis.status === 'end') await redis.connect()
  if (redis.status !== 'ready') return null
  const [info, fleet] = await Promise.all([redisInfo(redis), countFleet(redis)])
  return { version: info.get('redis_version') ?? 'unknown', ...fleet }
}
