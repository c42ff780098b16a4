import { and, asc, eq, type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../db/database.ts'
import { dataflows } from '../db/schema/dataflows.ts'
import { runs } from '../db/schema/runs.ts'
import { tasks } from '../db/schema/tasks.ts'
import { endRun } from './end.ts'
import { describeStandstill, describeTimeout } from './standstill.ts'

/**
 * Ends the runs that took longer than their dataflow's timeout, and those of which nothing has moved for longer than it
 * has patience for; history says how long, and which stream stood still. Their workers stop within seconds. Waiting for
 * AWS or the network is no standstill while a worker tries again: that worker gives up by the same measure, and knows why.
 * @param watchingSince nobody can have moved before there was a scheduler: what was left alone by a machine that was off
 *   overnight is gone on with, not ended for it
 * @returns the runs that were ended.
 */
export async function rescueRuns(db: Database, watchingSince: Date): Promise<number[]> {
  const ended: number[] = []
  for (;;) {
    const run = await db.transaction((tx) => rescueOne(tx, watchingSince))
    if (run === undefined) return ended
    ended.push(run)
  }
}

/** In the order in which everybody locks, dataflow, run, tasks; what another scheduler is at, or a person, is left alone. */
async function rescueOne(tx: Transaction, watchingSince: Date): Promise<number | undefined> {
  const [run] = await tx
    .select({
      ...{ id: runs.id, dataflow: dataflows.name },
      ...{ timeoutMinutes: dataflows.timeoutMinutes, noProgressMinutes: dataflows.noProgressMinutes },
      isOverdue: sql<boolean>`${IS_OVERDUE}`,
    })
    .from(dataflows)
    .innerJoin(runs, eq(runs.dataflowId, dataflows.id))
    .where(sql`${runs.finishedAt} is null and (${IS_OVERDUE} or ${standsStill(watchingSince)})`)
    .limit(1)
    .for('no key update', { skipLocked: true })
  if (!run) return undefined
  const at = await openTasks(tx, run.id)
  const ending = run.isOverdue
    ? { cause: 'timeout' as const, description: describeTimeout(run, at) }
    : { cause: 'no-progress' as const, description: describeStandstill(run, at) }
  await endRun(tx, run.id, { to: 'failed', ...ending })
  return run.id
}

const IS_OVERDUE = sql`coalesce(${runs.startedAt}, ${runs.requestedAt})
  < now() - make_interval(mins => ${dataflows.timeoutMinutes})`

/**
 * No task of it has moved. Where none is being worked at, its tasks wait in a queue: that is no standstill of its own
 * while the workers are busy with others.
 */
function standsStill(watchingSince: Date): SQL {
  const patienceEnds = sql`now() - make_interval(mins => ${dataflows.noProgressMinutes})`
  return sql`(${watchingSince.toISOString()}::timestamptz < ${patienceEnds}
    and not exists (select from poolkeeper.tasks t where t.run_id = ${runs.id} and t.moved_at >= ${patienceEnds})
    and (exists (select from poolkeeper.tasks t
        where t.run_id = ${runs.id} and t.state = 'ready' and t.claimed_by is not null)
      or not exists (select from poolkeeper.tasks t
        where t.state = 'ready' and t.claimed_by is not null and t.moved_at >= ${patienceEnds})))`
}

/** What is left to do, the one that moved longest ago first. */
function openTasks(tx: Transaction, runId: number) {
  return tx
    .select()
    .from(tasks)
    .where(and(eq(tasks.runId, runId), eq(tasks.state, 'ready')))
    .orderBy(asc(tasks.movedAt), asc(tasks.id))
}
