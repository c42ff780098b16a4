import { type SQL, sql } from 'drizzle-orm'
import { expect, vi } from 'vitest'
import type { Line } from '../support/line.ts'

/** A task that something is left to do for, as it was last claimed. */
export interface OpenTask extends Record<string, unknown> {
  readonly id: number
  readonly epoch: number
}

/** The tasks that something is left to do for. */
export async function openTasks({ db }: Line, only: SQL = sql`true`): Promise<OpenTask[]> {
  return [
    ...(await db.execute<OpenTask>(sql`select id, epoch from poolkeeper.tasks where state = 'ready' and ${only}`)),
  ]
}

/** @returns the time, in ms, that it takes from now on until somebody has taken the task up, or it is done */
export async function pickUp({ db }: Line, { id, epoch }: OpenTask): Promise<number> {
  const from = performance.now()
  const isTaken = sql`select 1 from poolkeeper.tasks where id = ${id} and (epoch > ${epoch} or state <> 'ready')`
  await vi.waitFor(async () => expect(await db.execute(isTaken)).toHaveLength(1), { timeout: 60_000, interval: 50 })
  return performance.now() - from
}
