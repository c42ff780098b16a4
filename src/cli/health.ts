import { once } from 'node:events'
import type { Redis } from 'ioredis'
import { AskError, GiveUpError } from '../errors.ts'
import { createLogger } from '../logger.ts'
import { isConsumedFromHere } from '../queue/consumers.ts'
import { REQUEST_QUEUE, TASK_QUEUES } from '../queue/queues.ts'
import { openRedis } from '../queue/redis.ts'
import { type CommandContext, serverConfig } from './context.ts'

/** The queue by which each process is recognised. For a worker that of plans: they are short, so it always waits for one. */
const QUEUES: Readonly<Record<string, string>> = { scheduler: REQUEST_QUEUE, worker: TASK_QUEUES.plan }

const PATIENCE_MS = 5_000

/**
 * Returns if the process takes jobs; one that is up and can't do its work does not.
 * @throws AskError for a process that has no queue
 * @throws GiveUpError when it takes none, or Redis does not answer
 */
export async function checkHealth({ config, output }: CommandContext, name: string): Promise<void> {
  const queue = QUEUES[name]
  if (!queue) throw new AskError('bad-input', `There is no health check for ${name}.`, 'Name the scheduler or worker.')
  const { redisUrl } = await serverConfig(config)
  const redis = openRedis(redisUrl, createLogger('health', 'silent'), { blocking: false })
  try {
    await ready(redis)
    if (!(await isConsumedFromHere(redis, queue)))
      throw new GiveUpError('internal', `No ${name} on this machine takes jobs.`, `See what the ${name} logged.`)
    output.line(`The ${name} takes jobs.`)
  } finally {
    redis.disconnect()
  }
}

async function ready(redis: Redis): Promise<void> {
  try {
    await once(redis, 'ready', { signal: AbortSignal.timeout(PATIENCE_MS) })
  } catch (cause) {
    throw new GiveUpError('network', 'Redis does not answer.', 'Check REDIS_URL.', { cause })
  }
}
