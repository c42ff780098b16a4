import { setTimeout as pause } from 'node:timers/promises'
import { Queue } from 'bullmq'
import { sql } from 'drizzle-orm'
import { Redis } from 'ioredis'
import { nextSlot } from '../src/dataflow/schedule.ts'
import type { Database } from '../src/db/database.ts'
import { dataflows } from '../src/db/schema/dataflows.ts'
import { TASK_QUEUES } from '../src/queue/queues.ts'
import { atMost, type Bench, counted, type Goal, type Outcome, round } from './bench.ts'
import { onStage, type Stage } from './stage.ts'

const DATAFLOWS = 10_000
const DAILY = { schedule: '30 2 * * *', timezone: 'Europe/Berlin' }

/** So long nothing is asked for, while schedulers look every second. */
const IDLE_MS = 5_000

export const fleet: Bench = {
  name: 'fleet',
  measures: `${DATAFLOWS.toLocaleString('en')} dataflows due in the same minute: from then until each one's job is in Redis`,
  async run(): Promise<Outcome> {
    const rows = []
    const goals: Goal[] = []
    for (const schedulers of [1, 2]) {
      const measured = await onStage({ users: 0, groups: 0 }, (stage) => measure(stage, schedulers))
      const by = counted(schedulers, 'scheduler')
      goals.push(atMost(`seconds until all are dispatched, ${by}`, measured.seconds, 30))
      goals.push(atMost(`slots missed, ${by}`, measured.missed, 0))
      goals.push(atMost(`slots doubled, ${by}`, measured.doubled, 0))
      goals.push(atMost(`keys in Redis for the idle dataflows, ${by}`, measured.idleKeys, 0))
      // what its clients' buffers hold moves Redis's memory by some ten kB from one look to the next
      goals.push(atMost(`bytes in Redis per idle dataflow, ${by}`, measured.idleBytes, 10))
      rows.push({ schedulers, ...rounded(measured) })
    }
    return { goals, rows }
  },
}

interface Measured {
  readonly seconds: number
  readonly missed: number
  readonly doubled: number
  readonly idleKeys: number
  readonly idleBytes: number
  /** What a dataflow's job takes in Redis until a worker has it. */
  readonly queuedBytes: number
}

async function measure({ db, redisUrl, start }: Stage, schedulers: number): Promise<Measured> {
  const redis = new Redis(redisUrl)
  try {
    await start('scheduler', schedulers)
    await pause(IDLE_MS)
    const empty = await heldBy(redis)
    await createIdleDataflows(db)
    await pause(IDLE_MS)
    const idle = await heldBy(redis)
    const seconds = await secondsUntilDispatched(db)
    const queued = await heldBy(redis)
    return {
      seconds,
      ...(await countSlots(db, redis)),
      idleKeys: idle.keys - empty.keys,
      idleBytes: (idle.bytes - empty.bytes) / DATAFLOWS,
      queuedBytes: (queued.bytes - idle.bytes) / DATAFLOWS,
    }
  } finally {
    redis.disconnect()
  }
}

function rounded({ seconds, idleBytes, queuedBytes, ...counts }: Measured): Measured {
  return { seconds: round(seconds), ...counts, idleBytes: round(idleBytes), queuedBytes: round(queuedBytes) }
}

/** As they stand in Postgres; their tables would be of no account, since no worker is up. */
async function createIdleDataflows(db: Database): Promise<void> {
  const nextRunAt = nextSlot(DAILY.schedule, DAILY.timezone, new Date())
  const idle = Array.from({ length: DATAFLOWS }, (_, n) => ({
    ...{ name: `Fleet${n}`, displayName: `Fleet ${n}`, poolId: `eu-central-1_Fleet${n}`, region: 'eu-central-1' },
    ...{ tables: [{ source: 'users', purpose: 'Customer 360' as const }], ...DAILY, nextRunAt },
  }))
  for (let from = 0; from < DATAFLOWS; from += 1_000) await db.insert(dataflows).values(idle.slice(from, from + 1_000))
}

/** The minute comes: how long until the last of them was handed to Redis, by Postgres's clock. */
async function secondsUntilDispatched(db: Database): Promise<number> {
  await db.execute(sql`update poolkeeper.dataflows set next_run_at = date_trunc('minute', now())`)
  const [due] = await db.execute<{ at: string }>(sql`select clock_timestamp()::text as at`)
  for (;;) {
    const [dispatched] = await db.execute<{ tasks: number; seconds: number }>(sql`select count(*)::int as tasks,
      extract(epoch from clock_timestamp() - ${due?.at}::timestamptz)::float8 as seconds
      from poolkeeper.tasks where dispatched_at is not null`)
    if (dispatched && dispatched.tasks >= DATAFLOWS) return dispatched.seconds
    await pause(100)
  }
}

/** What history and the queue hold in the end. */
async function countSlots(db: Database, redis: Redis): Promise<{ missed: number; doubled: number }> {
  const queue = new Queue(TASK_QUEUES.plan, { connection: redis })
  const jobs = await queue.getJobCountByTypes('waiting', 'prioritized')
  const [found] = await db.execute<{ runs: number; dataflows: number }>(
    sql`select count(*)::int as runs, count(distinct dataflow_id)::int as dataflows from poolkeeper.runs`,
  )
  const { runs, dataflows } = found ?? { runs: 0, dataflows: 0 }
  return { missed: DATAFLOWS - Math.min(dataflows, jobs), doubled: Math.max(runs, jobs) - dataflows }
}

/** What Redis holds: data and clients' buffers. */
async function heldBy(redis: Redis): Promise<{ keys: number; bytes: number }> {
  const memory = await redis.info('memory')
  return { keys: await redis.dbsize(), bytes: Number(/used_memory:(\d+)/.exec(memory)?.[1]) }
}
