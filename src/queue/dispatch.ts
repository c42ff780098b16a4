import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../db/database.ts'
import { dataflows, runs, type TaskKind, tasks } from '../db/schema.ts'
import { type TaskQueues, taskJobId } from './queues.ts'

/** Tasks handed to Redis in one round. A run of 10,000 groups goes out in 20 of them. */
const BATCH = 500

/** A Redis that accepts connections and then says nothing must not keep a transaction open. */
const REDIS_TIMEOUT_MS = 5_000

/**
 * Puts a job on BullMQ for each task that wants one. The rows are locked while Redis is asked and marked only once it
 * has answered: if anything fails in between, the next round adds the same job ids again, and BullMQ ignores those that
 * it has. Several schedulers skip each other's rows.
 * @returns how many jobs were added; `BATCH` means that there may be more.
 */
export async function dispatchTasks(db: Database, queues: TaskQueues): Promise<number> {
  return db.transaction(async (tx) => {
    const ready = await claimReadyTasks(tx)
    if (ready.length === 0) return 0
    await withinTimeout(addJobs(queues, ready))
    return ready.length
  })
}

type ReadyTask = Awaited<ReturnType<typeof claimReadyTasks>>[number]

async function claimReadyTasks(tx: Transaction) {
  const wanting = await tx
    .select({ id: tasks.id })
    .from(tasks)
    .where(and(eq(tasks.state, 'ready'), isNull(tasks.dispatchedAt)))
    .orderBy(asc(tasks.id))
    .limit(BATCH)
    .for('update', { skipLocked: true })
  if (wanting.length === 0) return []
  const ids = wanting.map(({ id }) => id)
  await tx
    .update(tasks)
    .set({ dispatchedAt: sql`now()`, delivery: sql`${tasks.delivery} + 1` })
    .where(inArray(tasks.id, ids))
  return tx
    .select({
      id: tasks.id,
      run: tasks.runId,
      kind: tasks.kind,
      label: tasks.label,
      delivery: tasks.delivery,
      dataflow: dataflows.name,
    })
    .from(tasks)
    .innerJoin(runs, eq(runs.id, tasks.runId))
    .innerJoin(dataflows, eq(dataflows.id, runs.dataflowId))
    .where(inArray(tasks.id, ids))
    .orderBy(asc(tasks.id))
}

async function addJobs(queues: TaskQueues, ready: readonly ReadyTask[]): Promise<void> {
  for (const kind of ['plan', 'stream', 'publish'] satisfies TaskKind[]) {
    const jobs = ready
      .filter((task) => task.kind === kind)
      .map((task) => ({
        name: `${task.dataflow} · ${task.label}`,
        data: { v: 1 as const, task: task.id, run: task.run },
        opts: { jobId: taskJobId(task) },
      }))
    if (jobs.length > 0) await queues[kind].addBulk(jobs)
  }
}

async function withinTimeout(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new RangeError(`Redis gave no answer in ${REDIS_TIMEOUT_MS} ms`)), REDIS_TIMEOUT_MS)
  })
  try {
    await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}
