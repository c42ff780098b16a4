import { setMaxListeners } from 'node:events'
import { hostname } from 'node:os'
import { Worker } from 'bullmq'
import { resolveHost } from '../alert/destination.ts'
import { boundedLog } from '../boundedLog.ts'
import type { HashKey, SealingKey } from '../config.ts'
import { checkKeys } from '../dataflow/sealedSecrets.ts'
import { closeDatabase, type Database, openDatabase } from '../db/database.ts'
import type { TaskKind } from '../db/schema/tasks.ts'
import type { Stoppable } from '../lifecycle.ts'
import type { Logger } from '../logger.ts'
import { closeConsumers } from '../queue/close.ts'
import { type DeliveryJob, TASK_QUEUES, type TaskJob, WEBHOOK_QUEUE } from '../queue/queues.ts'
import { openRedis } from '../queue/redis.ts'
import { watchClaims } from './claimWatch.ts'
import { deliver } from './deliver.ts'
import { startGovernor } from './fleetGovernor.ts'
import { perform } from './perform.ts'
import { createPools } from './pools.ts'

export interface WorkerOptions {
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly keys: readonly SealingKey[]
  readonly hashKey: HashKey | undefined
  /** Hosts that webhooks may reach although they are private or speak plain HTTP. */
  readonly webhookHosts: readonly string[]
  /** Where people reach the dashboard, for the links in what webhooks tell. */
  readonly url: string | undefined
  readonly logger: Logger
}

/**
 * Tasks of a kind at one time in one process. Nearly all of them wait, for Cognito or Postgres, and whoever is not begun
 * can't have his turn: a small import is not to stand behind the streams of a large one, nor behind its publish. With 64
 * places four large pools filled a worker, and twelve more accounts left their quotas unused with a core half idle
 * (measured); 128 fill the core.
 */
const CONCURRENCY: Readonly<Record<TaskKind, number>> = { plan: 8, stream: 128, publish: 4 }

/** Each waits for its receiver, ten seconds at most; the two or three that a worker has in a day need fewer. */
const DELIVERIES_AT_ONCE = 16

/** A dead worker's job is taken up within max(L + S, 2S) (measured): 15 s with these. */
const LOCK_MS = 10_000
const STALLED_CHECK_MS = 5_000

/** Postgres counts the starts of a task and gives it up (`MAX_FRUITLESS_STARTS`); BullMQ, which can't tell why, may not. */
const NEVER = Number.MAX_SAFE_INTEGER

/**
 * Starts a worker. Any number may run, on any number of machines.
 * @throws AskError 'wrong-key' when stored credentials can't be opened with the keys at hand.
 */
export async function startWorker(options: WorkerOptions): Promise<Stoppable> {
  const { databaseUrl, redisUrl, keys, hashKey, webhookHosts, url, logger } = options
  const db = await openCheckedDatabase(databaseUrl, keys)
  const consumer = openRedis(redisUrl, logger, { blocking: true })
  const shared = openRedis(redisUrl, logger, { blocking: false })
  const complain = boundedLog(logger)
  const { governor, stop: stopGovernor } = startGovernor(db, shared, logger)
  const pools = createPools(db, keys, governor)
  const quiet = new AbortController()
  // each stream under way listens to it; Node warns from the 11th on
  setMaxListeners(0, quiet.signal)
  const name = `${hostname()}:${process.pid}`
  const performer = { db, pools, claims: watchClaims(db), hashKey, logger, complain, quiet: quiet.signal, name }

  const settings = {
    connection: consumer,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_CHECK_MS,
    maxStalledCount: NEVER,
  }
  const tasks = (Object.keys(TASK_QUEUES) as TaskKind[]).map(
    (kind) =>
      new Worker<TaskJob, string>(TASK_QUEUES[kind], (job, token) => perform(performer, job, token), {
        ...settings,
        concurrency: CONCURRENCY[kind],
      }),
  )
  const sender = { keys, webhookHosts, dashboard: url, resolve: resolveHost }
  const deliverer = { db, sender, complain, quiet: quiet.signal }
  const deliveries = new Worker<DeliveryJob, string>(WEBHOOK_QUEUE, (job) => deliver(deliverer, job), {
    ...settings,
    concurrency: DELIVERIES_AT_ONCE,
  })
  const workers = [...tasks, deliveries]
  for (const worker of workers)
    worker.on('error', (error) => logger.debug({ err: error, queue: worker.name }, 'a queue is not reachable'))

  logger.info({ worker: name }, 'worker is up')
  return {
    async quiet() {
      const closing = closeConsumers(workers, consumer, logger)
      quiet.abort()
      await Promise.all([closing, stopGovernor()])
    },
    async stop() {
      pools.closeAll()
      consumer.disconnect()
      shared.disconnect()
      await closeDatabase(db)
    },
  }
}

/** Closed again when the keys are wrong: an idle connection would keep the process from ending for a minute. */
async function openCheckedDatabase(url: string, keys: readonly SealingKey[]): Promise<Database> {
  const db = openDatabase(url, { name: 'worker', max: 20 })
  try {
    await checkKeys(db, keys)
    return db
  } catch (error) {
    await closeDatabase(db)
    throw error
  }
}
