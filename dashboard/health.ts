import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import type { RequestHandler } from 'express'
import type { Redis } from 'ioredis'
import type { Services } from './services.ts'

/** A server that needs longer to say that it is there might as well be away: probes give up after a second or so. */
const PATIENCE_MS = 1_000

/** The process lives: says nothing about the servers that it uses, so that their trouble never gets it restarted. */
export const healthz: RequestHandler = (_request, response) => {
  response.json({ status: 'ok' })
}

/**
 * Whether requests should be sent here: yes as long as Postgres answers, which holds everything that pages show. Redis
 * is reported and not required: without it only the queues can't be looked at.
 */
export function readyz({ db, redis }: Services): RequestHandler {
  return async (_request, response) => {
    const [postgres, queues] = await Promise.all([inTime(db.execute(sql`select 1`)), redisAnswers(redis)])
    response.status(postgres ? 200 : 503).json({ postgres: word(postgres), redis: word(queues) })
  }
}

const word = (answers: boolean) => (answers ? 'ok' : 'not answering')

/** A connection that is not ready is not asked: on a cold start every command would wait for as long as Redis is away. */
export async function redisAnswers(redis: Redis): Promise<boolean> {
  return redis.status === 'ready' && inTime(redis.ping())
}

/** Whether the question was answered, without an error and within a second. */
async function inTime(question: Promise<unknown>): Promise<boolean> {
  const answered = question.then(
    () => true,
    () => false,
  )
  return Promise.race([answered, delay(PATIENCE_MS, false, { ref: false })])
}
