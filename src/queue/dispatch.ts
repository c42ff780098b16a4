import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '../db/database.ts'
import type { Priority } from '../db/schema/runs.ts'
import type { TaskKind } from '../db/schema/tasks.ts'
import { withinTimeout } from '../withinTimeout.ts'
import { JOB_PRIORITY, type TaskQueues, taskJobId } from './queues.ts'

/** Tasks handed to Redis in one round. */
export const DISPATCH_BATCH = 500

/**
 * Jobs of one run at one time. A run of 10,000 groups would otherwise stand before everybody else's streams in the queue,
 * for minutes. Fewer than the places of a single worker, so that the next run finds one at once: with as many, it waited for
 * 2.2 s (measured). So many fill a quota of 30 requests/s as long as Cognito answers within 1.5 s. Schedulers that dispatch
 * in the same instant may each come up to it.
 */
const LIVE_PER_RUN = 48

/** A Redis that accepts connections and then says nothing must not keep a transaction open. */
export const REDIS_TIMEOUT_MS = 5_000

/**
 * Puts a job on BullMQ for each task that wants one, and of each run for as many as it may have. The rows are locked while
 * Redis is asked and marked only once it has answered: if anything fails in between, the next round adds the same job ids
 * again, and BullMQ ignores those that it has. Several schedulers skip each other's rows.
 * @returns how many jobs were added; `DISPATCH_BATCH` means that there may be more.
 */
export async function dispatchTasks(db: Database, queues: TaskQueues): Promise<number> {
  return db.transaction(async (tx) => {
    const ready = await claimReadyTasks(tx)
    if (ready.length === 0) return 0
    await withinTimeout(REDIS_TIMEOUT_MS, addJobs(queues, ready))
    return ready.length
  })
}

interface ReadyTask {
  readonly id: number
  readonly run: number
  readonly kind: TaskKind
  readonly label: string
  readonly delivery: number
  readonly dataflow: string
  readonly priority: Priority
}

const WANTS_A_JOB = sql`state = 'ready' and dispatched_at is null`
const IS_LIVE = sql`state = 'ready' and dispatched_at is not null`

/**
 * Goes from run to run along an index, so that neither the thousands of tasks that a run keeps back nor those of other runs
 * are read: 10,000 groups kept back cost a round nothing.
 */
async function claimReadyTasks(tx: Transaction): Promise<ReadyTask[]> {
  const ready = await tx.execute<{ [column in keyof ReadyTask]: ReadyTask[column] }>(sql`
    with recursive wanting (run_id) as (
      (select run_id from poolkeeper.tasks where ${WANTS_A_JOB} order by run_id limit 1)
      union all
      select (select t.run_id from poolkeeper.tasks t where ${WANTS_A_JOB} and t.run_id > wanting.run_id
        order by t.run_id limit 1) from wanting where wanting.run_id is not null
    ), ready as materialized (
      select next.id from wanting cross join lateral (
        select id from poolkeeper.tasks where ${WANTS_A_JOB} and run_id = wanting.run_id order by id
        limit (select greatest(0, ${LIVE_PER_RUN} - count(*)) from poolkeeper.tasks
          where ${IS_LIVE} and run_id = wanting.run_id)
        for update skip locked) next
      limit ${DISPATCH_BATCH}
    )
    update poolkeeper.tasks t set dispatched_at = now(), delivery = delivery + 1
    from ready, poolkeeper.runs r, poolkeeper.dataflows d
    where t.id = ready.id and r.id = t.run_id and d.id = r.dataflow_id
    returning t.id, t.run_id as run, t.kind, t.label, t.delivery, d.name as dataflow, r.priority`)
  return ready.toSorted((a, b) => a.id - b.id)
}

async function addJobs(queues: TaskQueues, ready: readonly ReadyTask[]): Promise<void> {
  for (const kind of ['plan', 'stream', 'publish'] satisfies TaskKind[]) {
    const jobs = ready
      .filter((task) => task.kind === kind)
      .map((task) => ({
        name: `${task.dataflow} · ${task.label}`,
        data: { v: 1 as const, task: task.id, run: task.run },
        opts: { jobId: taskJobId(task), priority: JOB_PRIORITY[task.priority] },
      }))
    if (jobs.length > 0) await queues[kind].addBulk(jobs)
  }
}
