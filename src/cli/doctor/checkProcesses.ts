import type { Redis } from 'ioredis'
import type { Database } from '../../db/database.ts'
import { countFleet } from '../../queue/fleet.ts'
import { type Waiting, waitingWork } from '../../run/waiting.ts'
import type { Check } from './check.ts'

/** Schedulers and workers: whether anybody does the work that there is. None is fine as long as there is none. */
export async function checkProcesses(db: Database, redis: Redis): Promise<Check[]> {
  const work = await waitingWork(db)
  const { schedulers, workers } = await countFleet(redis)
  return [schedulersFor(work, schedulers), workersFor(work, workers)]
}

function schedulersFor({ undispatched, overdue }: Waiting, up: number): Check {
  const check = 'Schedulers'
  const waiting = undispatched + overdue
  if (up > 0 && waiting === 0) return { check, status: 'ok', detail: `${up} up` }
  const late = `${undispatched} tasks have not been handed out and ${overdue} schedules are overdue`
  if (up > 0) return { check, status: 'failed', detail: `${up} up, yet ${late}. Look at the scheduler's log.` }
  if (waiting > 0)
    return { check, status: 'failed', detail: `None is up, and ${late}. Start one: \`poolkeeper scheduler\`.` }
  return {
    check,
    status: 'warning',
    detail: 'None is up, so nothing starts, by schedule or by hand. Start one: `poolkeeper scheduler`.',
  }
}

function workersFor({ open, unclaimed }: Waiting, up: number): Check {
  const check = 'Workers'
  if (up > 0 && unclaimed === 0) return { check, status: 'ok', detail: `${up} up, with ${open} tasks to do` }
  if (up > 0) {
    const detail = `${up} up, yet ${unclaimed} tasks wait and nobody has taken one for a minute. Look at the workers' logs.`
    return { check, status: 'failed', detail }
  }
  if (open > 0)
    return { check, status: 'failed', detail: `None is up, and ${open} tasks wait. Start some: \`poolkeeper worker\`.` }
  return { check, status: 'warning', detail: 'None is up, so no run gets done. Start some: `poolkeeper worker`.' }
}
