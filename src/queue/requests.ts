import { setTimeout as pause } from 'node:timers/promises'
import { type ConnectionOptions, type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq'
import { z } from 'zod'
import { recordAudit } from '../access/audit.ts'
import { type Caller, EVERYTHING_GRANTED } from '../access/caller.ts'
import { findDataflow } from '../dataflow/dataflow.ts'
import type { Database, Transaction } from '../db/database.ts'
import { AskError, safeError } from '../errors.ts'
import { requestRun } from '../run/request.ts'
import { JOB_OPTIONS, REQUEST_QUEUE, type RequestJob, requestJob } from './queues.ts'

const RETRY_MS = 2_000

/** It becomes a part of a unique key, for which Postgres has about 2,700 bytes. */
const JOB_ID = /^\P{Cc}{1,200}$/u

/**
 * Turns the requests that other services put on `poolkeeper-requests` into runs, once per job id. One that can't be
 * served fails with what was wrong with it, where its sender and Bull Board see it.
 */
export function openRequestWorker(db: Database, connection: ConnectionOptions): Worker<unknown> {
  // most senders say nothing of how long their jobs are kept, and BullMQ would keep them for ever
  return new Worker<unknown>(REQUEST_QUEUE, (job, token) => takeRequest(db, job, token), { connection, ...JOB_OPTIONS })
}

/** What the sender gets as the job's return value. */
interface Taken {
  readonly run: number
  readonly state: string
}

async function takeRequest(db: Database, job: Job<unknown>, token: string | undefined): Promise<Taken> {
  const request = readRequest(job)
  try {
    return await db.transaction((tx) => requestFor(tx, job, request))
  } catch (error) {
    if (error instanceof AskError) throw new UnrecoverableError(error.description)
    return takeLater(job, token, error)
  }
}

/** @throws UnrecoverableError with everything that is wrong */
function readRequest({ id = '', data }: Job<unknown>): RequestJob {
  if (!JOB_ID.test(id)) throw new UnrecoverableError('A job id has at most 200 characters, and no control characters.')
  const request = requestJob.safeParse(data)
  if (request.success) return request.data
  const problems = z.prettifyError(request.error)
  throw new UnrecoverableError(`The request is not {dataflow, requestedBy, tables?, priority?}: ${problems}`)
}

async function requestFor(tx: Transaction, job: Job<unknown>, request: RequestJob): Promise<Taken> {
  const { dataflow: name, requestedBy, ...details } = request
  const dataflow = await findDataflow(tx, name)
  const run = await requestRun(tx, {
    ...{ ...details, requestedBy, dataflowId: dataflow.id },
    ...{ trigger: 'queue', requestKey: keyOf(job) },
  })
  if (run.repeated) return { run: run.id, state: run.state }
  await recordAudit(tx, senderOf(job, requestedBy), {
    action: 'requestRun',
    dataflow,
    target: `run ${run.id}`,
    details,
  })
  return { run: run.id, state: run.state }
}

/** Whoever may put jobs on the queue may ask for any run. */
function senderOf({ id = '' }: Job<unknown>, name: string): Caller {
  return { ...EVERYTHING_GRANTED, name, via: 'queue', tokenId: null, origin: REQUEST_QUEUE, requestId: id }
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
