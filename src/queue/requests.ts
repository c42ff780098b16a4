import { setTimeout as pause } from 'node:timers/promises'
import { type ConnectionOptions, type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq'
import { z } from 'zod'
import { findDataflow } from '../dataflow/dataflow.ts'
import type { Database } from '../db/database.ts'
import { AskError, safeError } from '../errors.ts'
import { requestRun } from '../run/request.ts'
import { JOB_OPTIONS, REQUEST_QUEUE, requestJob } from './queues.ts'

const RETRY_MS = 2_000

/**
 * Turns the requests that other services put on `poolkeeper-requests` into runs, once per job id. One that can't be
 * served fails with what was wrong with it, where its sender and Bull Board see it.
 */
export function openRequestWorker(db: Database, connection: ConnectionOptions): Worker<unknown> {
  // most senders say nothing of how long their jobs are kept, and BullMQ would keep them for ever
  return new Worker<unknown>(REQUEST_QUEUE, (job, token) => takeRequest(db, job, token), { connection, ...JOB_OPTIONS })
}

async function takeRequest(
  db: Database,
  job: Job<unknown>,
  token: string | undefined,
): Promise<{ run: number; state: string }> {
  const request = requestJob.safeParse(job.data)
  if (!request.success)
    throw new UnrecoverableError(`The request is not {dataflow, requestedBy}: ${z.prettifyError(request.error)}`)
  try {
    const dataflow = await findDataflow(db, request.data.dataflow)
    const run = await requestRun(db, {
      dataflowId: dataflow.id,
      trigger: 'queue',
      requestedBy: request.data.requestedBy,
      requestKey: keyOf(job),
    })
    return { run: run.id, state: run.state }
  } catch (error) {
    if (error instanceof AskError) throw new UnrecoverableError(error.description)
    return takeLater(job, token, error)
  }
}

/**
 * BullMQ numbers the jobs that come without an id, and begins at 1 again when Redis has lost everything; then only the
 * time tells two requests apart. An id that a sender chose is never a number: BullMQ refuses that.
 */
function keyOf({ id = '', timestamp }: Job<unknown>): string {
  return /^\d+$/.test(id) ? `queue:${id}@${timestamp}` : `queue:${id}`
}

/**
 * Postgres being away is no fault of the request: it waits, without an attempt burned, however few its sender gave. It
 * waits in here, since the others need the same Postgres, and a delayed job is due by the clock of the machine that
 * delays it: one an hour ahead would keep it for an hour.
 */
async function takeLater(job: Job<unknown>, token: string | undefined, error: unknown): Promise<never> {
  await job.log(`${new Date().toISOString()} could not be taken (${safeError(error).message}); it is tried again`)
  await pause(RETRY_MS)
  await job.moveToWait(token)
  throw new WaitingError()
}
