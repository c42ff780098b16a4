import { sql } from 'drizzle-orm'
import type { Purpose } from '../src/db/table.ts'
import { rollback } from '../src/snapshot/rollback.ts'
import { atMost, type Bench, type Goal, type Outcome, round } from './bench.ts'
import { measureCopy } from './copy.ts'
import { measureReaders } from './readers.ts'
import { NO_QUOTA, onStage, type Stage, type StagedDataflow } from './stage.ts'

const USERS = 1_000_000

/** 160 of the million come, change or go between two runs: nothing is compared faster because it is the same. */
const CHURN = 100

const ROLLBACKS = 20

export const publish: Bench = {
  name: 'publish',
  measures: `${USERS.toLocaleString('en')} users, from the last page to published, rollback, and what readers pay for the view`,
  run: () => publishAt(USERS),
}

/** Publishes so many users for either purpose: for All twice, so that there is something to compare them with. */
export function publishAt(users: number): Promise<Outcome> {
  const sandbox = { users, groups: 0, quota: NO_QUOTA, churn: CHURN, shortPages: 0, emptyPages: 0 }
  return onStage(sandbox, async (stage) => {
    await stage.start('worker', 1)
    await stage.start('scheduler', 1)
    const all = await createDataflow(stage, 'All')
    const first = await publishOnce(stage, all)
    const comparing = await publishOnce(stage, all)
    const copySeconds = await measureCopy(stage.db, all, comparing.run)
    const rollbackMs = await slowestRollback(stage, all, [first.run, comparing.run])
    const readers = await measureReaders(stage.db, all, comparing.run)
    const catalogued = await publishOnce(stage, await createDataflow(stage, 'Privacy-Metadata'))
    const goals: Goal[] = [
      atMost('All, compared with the import before ÷ COPY', comparing.seconds / copySeconds, 1.5),
      atMost('Privacy-Metadata ÷ COPY', catalogued.seconds / copySeconds, 1.5),
      atMost('rollback, ms, slowest of 20', rollbackMs, 20),
      atMost('one user, through the view ÷ on the partition', readers.oneUser, 1.2),
      atMost('all users, through the view ÷ on the partition', readers.allUsers, 1.2),
    ]
    const rows = [
      { what: 'COPY the rows of All', seconds: round(copySeconds) },
      { what: 'publish All, the second import', seconds: round(comparing.seconds) },
      { what: 'publish Privacy-Metadata', seconds: round(catalogued.seconds) },
    ]
    return { goals, rows }
  })
}

function createDataflow(stage: Stage, purpose: Purpose): Promise<StagedDataflow> {
  return stage.createDataflow({ name: purpose.replace('-', ''), tables: [{ source: 'users', purpose }] })
}

interface Published {
  readonly run: number
  /** From the commit of the last page to the end of the run. */
  readonly seconds: number
}

async function publishOnce(stage: Stage, dataflow: StagedDataflow): Promise<Published> {
  const { run } = await stage.succeeded(await stage.request(dataflow))
  const [took] = await stage.db.execute<{ seconds: number }>(sql`
    select extract(epoch from r.finished_at - max(t.finished_at))::float8 as seconds
    from poolkeeper.runs r join poolkeeper.tasks t on t.run_id = r.id and t.kind = 'stream'
    where r.id = ${run} group by r.id`)
  return { run, seconds: took?.seconds ?? Number.NaN }
}

/** Back and forth between two snapshots, and forth in the end. @returns ms */
async function slowestRollback({ db }: Stage, dataflow: StagedDataflow, snapshots: [number, number]): Promise<number> {
  const took: number[] = []
  for (let i = 0; i < ROLLBACKS; i++) {
    const began = performance.now()
    await rollback(db, { dataflow, to: snapshots[i % 2], by: 'a bench', keepSchedule: true })
    took.push(performance.now() - began)
  }
  return Math.max(...took)
}
