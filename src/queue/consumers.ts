import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'

/** A consumer that waits for jobs asks again every 10 s (BullMQ's longest blocking read); one that is stuck does not. */
const SILENT_SECONDS = 30

/**
 * Whether a process at this address takes jobs from a queue: Redis names its clients, where they come from and how long
 * ago each last spoke. Seen from Redis, so neither a process that hangs nor a connection that is half open passes.
 * @param redis a connection that is ready
 */
export async function isConsumedFromHere(redis: Redis, queueName: string): Promise<boolean> {
  const queue = new Queue(queueName, { connection: redis })
  const consumers = await queue.getWorkers()
  const here = originOf(Object.fromEntries((await redis.client('INFO')).split(' ').map((field) => field.split('='))))
  return consumers.some((consumer) => originOf(consumer) === here && Number(consumer.idle) <= SILENT_SECONDS)
}

/** The host, whatever its port, and the database of a client as Redis lists it. */
function originOf({ addr = '', db }: { addr?: string; db?: string }): string {
  return `${addr.slice(0, addr.lastIndexOf(':'))} ${db}`
}
