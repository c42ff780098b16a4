import { pruneDeliveries } from '../alert/deliveries.ts'
import { DELIVERY_BATCH, dispatchDeliveries, reconcileDeliveries } from '../alert/dispatch.ts'
import { tellOfLate } from '../alert/late.ts'
import { tellOfThrottled, watchThrottling } from '../alert/throttled.ts'
import { pruneDrafts } from '../dataflow/pruneDrafts.ts'
import { endAbandonedStatements } from '../db/abandoned.ts'
import { databaseTime } from '../db/clock.ts'
import { closeDatabase, openDatabase } from '../db/database.ts'
import type { Stoppable } from '../lifecycle.ts'
import type { Logger } from '../logger.ts'
import { type Loop, startLoop } from '../loop.ts'
import { closeConsumers } from '../queue/close.ts'
import { DISPATCH_BATCH, dispatchTasks } from '../queue/dispatch.ts'
import { promoteOverdue } from '../queue/promote.ts'
import { openTaskQueues, openWebhookQueue } from '../queue/queues.ts'
import { reconcileTasks } from '../queue/reconcile.ts'
import { openRedis } from '../queue/redis.ts'
import { openRequestWorker } from '../queue/requests.ts'
import { lookAtQuotas } from '../quota/look.ts'
import { pruneLog } from '../run/log.ts'
import { pruneTasks } from '../run/prune.ts'
import { rescueRuns } from '../run/rescue.ts'
import { dropSnapshots, retireLeftSnapshots, retireSnapshots } from '../snapshot/prune.ts'
import { DUE_BATCH, requestDueRuns } from './due.ts'

export interface SchedulerOptions {
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly logger: Logger
}

/**
 * Starts a scheduler: due schedules, dispatch, reconcile, requests of other services, rescue, alerts, prune. Any number may
 * run side by side: each round takes rows under locks that the others skip.
 */
export async function startScheduler({ databaseUrl, redisUrl, logger }: SchedulerOptions): Promise<Stoppable> {
  const db = openDatabase(databaseUrl, { name: 'scheduler', max: 6 })
  const producer = openRedis(redisUrl, logger, { blocking: false })
  const consumer = openRedis(redisUrl, logger, { blocking: true })
  const queues = openTaskQueues(producer)
  const webhooks = openWebhookQueue(producer)
  const requests = openRequestWorker(db, consumer)
  requests.on('error', (error) => logger.debug({ err: error }, 'the request queue is not reachable'))

  const dispatch = startLoop(
    'dispatch',
    1_000,
    async () => (await dispatchTasks(db, queues)) === DISPATCH_BATCH,
    logger,
  )
  const loops: Loop[] = [
    dispatch,
    startLoop('due', 1_000, async () => (await requestDueRuns(db)) === DUE_BATCH, logger),
    startLoop('reconcile', 5_000, reconcileRounds(), logger),
    startLoop('promote', 5_000, promoteRounds(), logger),
    startLoop('rescue', 5_000, rescueRounds(), logger),
    startLoop('abandoned', 5_000, endAbandoned, logger),
    startLoop('deliver', 1_000, async () => (await dispatchDeliveries(db, webhooks)) === DELIVERY_BATCH, logger),
    startLoop('reconcile deliveries', 5_000, () => reconcileDeliveries(db, webhooks), logger),
    startLoop('late', 10_000, () => tellOfLate(db), logger),
    startLoop('throttled', 30_000, throttledRounds(), logger),
    startLoop('prune', 30_000, prune, logger),
  ]
  // Polling finds what a notification missed, so a listener that fails costs latency and nothing else.
  const listener = db.$client.listen('poolkeeper_tasks', () => dispatch.wake())
  listener.catch((error) => logger.warn({ err: error }, 'no notifications from Postgres; tasks go out within a second'))

  function reconcileRounds(): () => Promise<boolean> {
    let after = 0
    return async () => {
      const { freed, next } = await reconcileTasks(db, queues, after)
      after = next
      if (freed === 0) return false
      logger.warn({ tasks: freed }, 'jobs were gone from Redis; their tasks are dispatched again')
      dispatch.wake()
      return after > 0
    }
  }

  function promoteRounds(): () => Promise<void> {
    let waiting = new Set<string>()
    return async () => {
      waiting = await promoteOverdue(queues, waiting)
    }
  }

  function rescueRounds(): () => Promise<void> {
    let watchingSince: Date | undefined
    return async () => {
      watchingSince ??= await databaseTime(db)
      const ended = await rescueRuns(db, watchingSince)
      if (ended.length > 0)
        logger.warn({ runs: ended }, 'runs that took too long or stood still are ended; see history')
    }
  }

  function throttledRounds(): () => Promise<void> {
    const watch = watchThrottling()
    return async () => {
      await tellOfThrottled(db, watch(await lookAtQuotas(db, producer), performance.now()))
    }
  }

  async function endAbandoned(): Promise<void> {
    const ended = await endAbandonedStatements(db)
    if (ended > 0) logger.warn({ backends: ended }, 'statements whose process was cut off half way are ended')
  }

  async function prune(): Promise<void> {
    await retireSnapshots(db)
    await retireLeftSnapshots(db)
    await dropSnapshots(db)
    await pruneTasks(db)
    await pruneLog(db)
    await pruneDeliveries(db)
    await pruneDrafts(db)
  }

  logger.info('scheduler is up')
  return {
    async quiet() {
      await Promise.all([...loops.map((loop) => loop.stop()), closeConsumers([requests], consumer, logger)])
    },
    async stop() {
      // the connection under the queues goes at once: closing a queue first would wait for a Redis that may be away
      producer.disconnect()
      consumer.disconnect()
      await closeDatabase(db)
    },
  }
}
