import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { NO_QUESTIONS } from './queues.ts'

/** A consumer that waits for jobs asks again every 10 s (BullMQ's longest blocking read); one that is stuck does not. */
const SILENT_SECONDS = 30

/** How many processes take jobs from a queue, wherever they are; those that hang or are cut off don't count. */
export async function countConsumers(redis: Redis, queueName: string): Promise<number> {
  const [consumers, own] = await Promise.all([listConsumers(redis, queueName), ownEntry(redis)])
  // Redis lists the clients of all its databases
  return consumers.filter((consumer) => consumer.db === own.db && speaks(consumer)).length
}

/**
 * Whether a process at this address takes jobs from a queue: Redis names its clients, where they come from and how long
 * ago each last spoke. Seen from Redis, so neither a process that hangs nor a connection that is half open passes.
 * @param redis a connection that is ready
 */
export async function isConsumedFromHere(redis: Redis, queueName: string): Promise<boolean> {
  const [consumers, own] = await Promise.all([listConsumers(redis, queueName), ownEntry(redis)])
  return consumers.some((consumer) => originOf(consumer) === originOf(own) && speaks(consumer))
}

/** A client as Redis lists it. */
interface Client {
  readonly addr?: string
  readonly db?: string
  readonly idle?: string
}

async function listConsumers(redis: Redis, queueName: string): Promise<Client[]> {
  // unasked, BullMQ prints nothing of what it thinks of this Redis either
  const queue = new Queue(queueName, { connection: redis, ...NO_QUESTIONS })
  try {
    return await queue.getWorkers()
  } finally {
    // the connection stays: only what the queue listens for on it goes
    await queue.close()
  }
}

async function ownEntry(redis: Redis): Promise<Client> {
  return Object.fromEntries((await redis.client('INFO')).split(' ').map((field) => field.split('=')))
}

const speaks = ({ idle }: Client) => Number(idle) <= SILENT_SECONDS

/** The host, whatever its port, and the database of a client. */
function originOf({ addr = '', db }: Client): string {
  return `${addr.slice(0, addr.lastIndexOf(':'))} ${db}`
}
