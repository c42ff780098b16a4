import { DelayedError, type Job, UnrecoverableError, WaitingError } from 'bullmq'
import type { Database } from '../db/database.ts'
import type { TaskKind } from '../db/schema.ts'
import { errorCode, GiveUpError, PoolkeeperError, safeError, WaitError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { type TaskJob, taskJob } from '../queue/queues.ts'
import { endRun } from '../run/end.ts'
import { type Claim, claimTask, lockRun, releaseTask, stillHolds } from '../run/tasks.ts'
import type { Outcome, WorkContext } from './context.ts'
import { plan } from './plan.ts'
import type { Pools } from './pools.ts'
import { publish } from './publish.ts'
import { stream } from './stream.ts'

/** The verbs, by kind of task. */
const WORK: Readonly<Record<TaskKind, (context: WorkContext, claim: Claim, signal: AbortSignal) => Promise<Outcome>>> =
  {
    plan,
    stream,
    publish,
  }

/** Claims without a commit in between before a task is given up: it takes its process down, or always meets a bug. */
const MAX_FRUITLESS_STARTS = 5

/** Without any progress for this long, what should mend itself won't. */
const PATIENCE_MS = 60 * 60_000

const WAIT_MS = { least: 1_000, most: 5_000 }
const RETRY_MS = { least: 500, most: 3_000 }

export interface Performer {
  readonly db: Database
  readonly pools: Pools
  readonly logger: Logger
  /** Who claims, for people: host and process. */
  readonly name: string
  /** Aborted when the process is to be quiet: work goes back to the queue at the next page. */
  readonly quiet: AbortSignal
}

/**
 * Performs a job: claims its task, does the work, and tells BullMQ what becomes of the job. The only place where
 * BullMQ's error classes appear. What is thrown here stands on Bull Board, so it is a run's own description and never an
 * error as it came.
 * @returns what Bull Board shows as the job's result.
 */
export async function perform(performer: Performer, job: Job<TaskJob>, token?: string): Promise<string> {
  try {
    return await performTask(performer, job, token)
  } catch (error) {
    if (BULLMQ_WORDS.some((word) => error instanceof word)) throw error
    // Postgres is away, or failed in the middle of writing down what became of the work
    performer.logger.error({ err: error, job: job.id }, 'a job could not be performed; it is tried again')
    return later(job, token, between(RETRY_MS))
  }
}

/** How a processor tells BullMQ what becomes of its job. */
const BULLMQ_WORDS = [DelayedError, WaitingError, UnrecoverableError]

async function performTask(performer: Performer, job: Job<TaskJob>, token: string | undefined): Promise<string> {
  const { task } = taskJob.parse(job.data)
  const claim = await claimTask(performer.db, task, performer.name)
  if (!claim) return 'Nothing left to do: the task is done, or its run has ended.'
  let outcome: Outcome
  try {
    outcome = await work(performer, claim, job)
  } catch (error) {
    return recover(performer, claim, job, token, error)
  }
  return settle(performer, claim, job, token, outcome)
}

async function work(performer: Performer, claim: Claim, job: Job<TaskJob>): Promise<Outcome> {
  const { task, run } = claim
  if (task.fruitlessStarts > MAX_FRUITLESS_STARTS) {
    throw new GiveUpError(
      'crash-loop',
      `"${task.label}" was begun ${MAX_FRUITLESS_STARTS} times and ended its worker each time.`,
      "Look at the workers' logs and memory limit, then retry the run.",
    )
  }
  const { dataflow, pool } = await performer.pools.open(run)
  const context = { db: performer.db, dataflow, pool, onProgress: progressReporter(job, performer.logger) }
  return WORK[task.kind](context, claim, performer.quiet)
}

async function settle(
  performer: Performer,
  claim: Claim,
  job: Job<TaskJob>,
  token: string | undefined,
  outcome: Outcome,
): Promise<string> {
  if (outcome === 'done') return 'Done.'
  if (outcome === 'lost') return turnedAway(performer, claim)
  await releaseTask(performer.db, claim, await usageOf(performer, claim), false)
  if (performer.quiet.aborted) return backToTheHead(job, token)
  return later(job, token, 0)
}

/** Somebody else holds the claim, or the run has ended: whatever this worker still wanted to do no longer counts. */
function turnedAway({ logger }: Performer, { task, run }: Claim): string {
  logger.info({ task: task.id, run: run.id }, 'turned away: the task was taken over, or its run has ended')
  return 'Taken over by another worker, or the run has ended.'
}

async function recover(
  performer: Performer,
  claim: Claim,
  job: Job<TaskJob>,
  token: string | undefined,
  error: unknown,
): Promise<string> {
  const { db, logger, quiet } = performer
  if (quiet.aborted && !(error instanceof PoolkeeperError)) return backToTheHead(job, token)
  if (error instanceof GiveUpError) return giveUp(performer, claim, error)
  if (error instanceof WaitError) {
    const since = await releaseTask(db, claim, await usageOf(performer, claim), true)
    if (since && Date.now() - since.getTime() > PATIENCE_MS) return giveUp(performer, claim, error)
    await job.log(`${new Date().toISOString()} waiting: ${error.message}`)
    return later(job, token, between(WAIT_MS))
  }
  logger.error({ err: error, task: claim.task.id, run: claim.run.id }, 'a task failed unexpectedly')
  if (claim.task.fruitlessStarts >= MAX_FRUITLESS_STARTS) return giveUp(performer, claim, unexpected(error))
  return later(job, token, between(RETRY_MS))
}

/** Ends the run as failed; only while the claim holds, since the worker that took over may be doing well. */
async function giveUp(performer: Performer, claim: Claim, { code, description }: PoolkeeperError): Promise<string> {
  const usage = await usageOf(performer, claim)
  const failed = await performer.db.transaction(async (tx) => {
    await lockRun(tx, claim.run.id)
    if (!(await stillHolds(tx, claim))) return false
    await releaseTask(tx, claim, usage, false)
    return endRun(tx, claim.run.id, { to: 'failed', cause: code, description })
  })
  if (!failed) return turnedAway(performer, claim)
  throw new UnrecoverableError(description)
}

async function usageOf({ pools }: Performer, { run }: Claim) {
  return { ...(await pools.takeCounts(run.id)), warnings: 0 }
}

const DISK_FULL = '53100'

function unexpected(error: unknown): PoolkeeperError {
  if (errorCode(error) === DISK_FULL) {
    return new GiveUpError(
      'database-full',
      "Postgres's disk is full.",
      'Free some space, then retry the run; what is published is untouched.',
    )
  }
  const { message } = safeError(error)
  return new GiveUpError(
    'internal',
    `Something unexpected happened: ${message}.`,
    "The worker's log says where; retry the run.",
  )
}

/** To the queue's tail, after a while: the next turn is somebody else's. */
async function later(job: Job<TaskJob>, token: string | undefined, ms: number): Promise<never> {
  await job.moveToDelayed(Date.now() + ms, token)
  throw new DelayedError()
}

/** To the queue's head, at once and without an attempt burned: this worker is going, another goes on. */
async function backToTheHead(job: Job<TaskJob>, token: string | undefined): Promise<never> {
  await job.moveToWait(token)
  throw new WaitingError()
}

/** Full jitter, so that workers that were throttled together don't come back together. */
function between({ least, most }: { least: number; most: number }): number {
  return least + Math.random() * (most - least)
}

/** At most one report a second: Bull Board is looked at by people. Redis being away must not stop a stream. */
function progressReporter(job: Job<TaskJob>, logger: Logger): WorkContext['onProgress'] {
  let next = 0
  return (progress) => {
    if (Date.now() < next) return
    next = Date.now() + 1_000
    job.updateProgress(progress).catch((error) => logger.debug({ err: error }, 'progress could not be shown'))
  }
}
