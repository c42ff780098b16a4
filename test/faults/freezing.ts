import { sql } from 'drizzle-orm'
import { expect, vi } from 'vitest'
import type { Line } from '../support/line.ts'
import type { RunningCommand } from '../support/processes.ts'
import { SOON, waitForPages } from '../support/watching.ts'

/** One stream of 20 pages. */
export const ONE_STREAM = { users: 1_200, groups: 0, latencyMs: 100, shortPages: 0, emptyPages: 0 }

/** The answer that the successor waits for while the sleeper wakes up. */
const SLOW_ANSWER_MS = 1_000

export interface TakenOver {
  readonly sleeper: RunningCommand
  readonly successor: RunningCommand
}

/**
 * Freezes the only worker in the middle of a stream, has another one take it over, and wakes the sleeper up while its
 * successor waits for the same page: only the fence tells who may commit it.
 * @param whenFrozen what happens before the successor starts
 */
export async function freezeUntilTakenOver(
  line: Line,
  startWorker: () => RunningCommand,
  whenFrozen: () => Promise<void> = async () => undefined,
): Promise<TakenOver> {
  const sleeper = startWorker()
  await waitForPages(line, 2)
  sleeper.kill('SIGSTOP')
  const before = await streamOf(line)
  await whenFrozen()
  line.sandbox.tune({ latencyMs: SLOW_ANSWER_MS })
  const asked = line.sandbox.requests.total
  const successor = startWorker()
  await vi.waitFor(() => expect(line.sandbox.requests.total).toBeGreaterThan(asked), SOON)
  expect(await streamOf(line)).toEqual({ epoch: 2, page: before?.page })
  line.sandbox.tune({ latencyMs: 200 })
  sleeper.kill('SIGCONT')
  return { sleeper, successor }
}

async function streamOf({ db }: Line) {
  const [stream] = await db.execute<{ epoch: number; page: number }>(
    sql`select epoch, page from poolkeeper.tasks where kind = 'stream'`,
  )
  return stream
}
