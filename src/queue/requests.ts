import { type ConnectionOptions, type Job, UnrecoverableError, Worker } from 'bullmq'
import { z } from 'zod'
import { findDataflow } from '../dataflow/dataflow.ts'
import type { Database } from '../db/database.ts'
import { AskError } from '../errors.ts'
import { requestRun } from '../run/request.ts'
import { REQUEST_QUEUE, requestJob } from './queues.ts'

/**
 * Turns the requests that other services put on `poolkeeper-requests` into runs, once per job id. One that can't be
 * served fails with what was wrong with it, where its sender and Bull Board see it.
 */
export function openRequestWorker(db: Database, connection: ConnectionOptions): Worker<unknown> {
  return new Worker<unknown>(REQUEST_QUEUE, (job) => takeRequest(db, job), { connection })
}

async function takeRequest(db: Database, job: Job<unknown>): Promise<{ run: number; state: string }> {
  const request = requestJob.safeParse(job.data)
  if (!request.success)
    throw new UnrecoverableError(`The request is not {dataflow, requestedBy}: ${z.prettifyError(request.error)}`)
  try {
    const dataflow = await findDataflow(db, request.data.dataflow)
    const run = await requestRun(db, {
      dataflowId: dataflow.id,
      trigger: 'queue',
      requestedBy: request.data.requestedBy,
      requestKey: `queue:${job.id}`,
    })
    return { run: run.id, state: run.state }
  } catch (error) {
    if (error instanceof AskError) throw new UnrecoverableError(error.description)
    throw error
  }
}
