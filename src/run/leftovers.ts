import { eq, type SQL, sql } from 'drizzle-orm'
import type { Transaction } from '../db/database.ts'
import { snapshots } from '../db/schema/snapshots.ts'
import type { TableShape } from '../db/table.ts'
import { LEFT_FOR } from '../snapshot/prune.ts'
import { WHOLE_STREAM } from './fallback.ts'
import { MEMBERS_PER_USER } from './membersPerUser.ts'

/** What a run is going to read. */
export interface Wanted {
  readonly poolId: string
  readonly shapes: readonly TableShape[]
}

/**
 * Whether a failed run has left something to go on with: its rows and checkpoints, not older than Cognito's tokens get,
 * of the pool that the dataflow reads now, and with nothing newer published or held since. Locks it until the
 * transaction ends, so that prune leaves it alone.
 * @param wanted the pool and the tables to be read, once they are known: other columns could not be filled in
 */
export async function lockLeftovers(tx: Transaction, failedRun: number, wanted?: Wanted): Promise<boolean> {
  const left = await tx.execute(sql`
    select from poolkeeper.snapshots s
    join poolkeeper.runs r on r.id = s.id join poolkeeper.dataflows d on d.id = r.dataflow_id
    where s.id = ${failedRun} and s.state = 'left' and r.finished_at > now() - ${LEFT_FOR}
      and r.pool_id = d.pool_id ${wanted ? fits(wanted) : sql``}
      and not exists (select from poolkeeper.snapshots newer
        where newer.dataflow_id = d.id and newer.id > s.id and newer.state in ('kept', 'held'))
    for update of s`)
  return left.length === 1
}

function fits({ poolId, shapes }: Wanted): SQL {
  return sql`and r.pool_id = ${poolId} and s.tables = ${JSON.stringify(shapes)}::jsonb`
}

/**
 * Gives the streams of a failed run to the run that goes on with it: those that were read to the end as such, the others
 * from their checkpoints. A token that has expired meanwhile is refused, and its stream starts over as ever. What the
 * failed run left is given up with that. Call it under `lockLeftovers`, in the transaction that copies the rows.
 */
export async function takeOverStreams(tx: Transaction, { from, to }: { from: number; to: number }): Promise<void> {
  await tx.execute(sql`
    insert into poolkeeper.tasks (run_id, kind, label, stream, state, page, token, loop_mark, seen, rows,
      warnings, finished_at)
    select ${to}, kind, label, stream, case when state = 'done' then 'done' when ${GIVEN_UP} then 'dropped' else 'ready' end,
      page, token, loop_mark, seen, rows, warnings, finished_at
    from poolkeeper.tasks t where run_id = ${from} and kind = 'stream' order by id`)
  await tx.update(snapshots).set({ state: 'dropping' }).where(eq(snapshots.id, from))
}

/**
 * Of streams that were given up for one that reads the same otherwise (`fallback.ts`, `membersPerUser.ts`); the end of
 * the run dropped all that were open.
 */
const GIVEN_UP = sql`(t.stream->>'prefix' is not null and ${has(WHOLE_STREAM)}
  or t.stream->>'group' is not null and ${has(MEMBERS_PER_USER)})`

function has(stream: SQL): SQL {
  return sql`exists (select from poolkeeper.tasks other where other.run_id = t.run_id and other.stream = ${stream})`
}
