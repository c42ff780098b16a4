import { progressOf } from '../cognito/shardPlace.ts'
import { regionOf } from '../dataflow/input.ts'
import type { Queryable } from '../db/database.ts'
import { createCeilings } from '../quota/ceilings.ts'
import { findRun } from '../run/history.ts'
import { type Pace, paceOf } from '../run/pace.ts'
import { ALMOST, type RunProgress, runProgress, type ShardProgress } from '../run/progress.ts'
import type { Handler } from './context.ts'

export const showProgress: Handler<'showProgress'> = async ({ db, caller }, { run }) => {
  const { continues, seconds } = await findRun(db, run, caller.dataflows)
  const progress = await runProgress(db, run)
  const pace = progress.state === 'streaming' ? paceOf(db, progress, continues === null ? seconds : null) : null
  return {
    ...progress,
    shards: progress.shards.map((shard) => ({ ...shard, share: shareOf(shard) })),
    rowsPerSecond: pace?.rowsPerSecond ?? null,
    secondsLeft: pace && secondsLeft(progress, pace),
    quota: pace && (await quotaUse(db, progress, pace)),
  }
}

/** Subs are spread evenly, so where a shard stands among them tells how much of it lies behind. */
function shareOf({ done, rows, stream, seen }: ShardProgress): number {
  if (done) return 1
  return rows === 0 ? 0 : Math.min(progressOf(stream, seen), ALMOST)
}

/** The estimate may fall short of what comes: then nobody knows. */
function secondsLeft({ tables }: RunProgress, { usersPerSecond }: Pace): number | null {
  const users = tables.find(({ expectedRows, complete }) => expectedRows !== null && !complete)
  const left = (users?.expectedRows ?? 0) - (users?.rows ?? 0)
  return left > 0 && usersPerSecond > 0 ? left / usersPerSecond : null
}

async function quotaUse(db: Queryable, { accountId, poolId, tables }: RunProgress, { requestsPerSecond }: Pace) {
  const reads = tables.some(({ table, complete }) => table === 'users' && !complete)
  if (!reads || accountId === null || poolId === null) return null
  const ceilings = createCeilings(db)
  await ceilings.refresh()
  const category = 'UserList'
  const { allowed } = ceilings.of({ account: accountId || poolId, region: regionOf(poolId), category })
  return { category, allowed, used: Math.min(1, requestsPerSecond / allowed) }
}
