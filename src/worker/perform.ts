import { DelayedError, type Job, UnrecoverableError, WaitingError } from 'bullmq'
import type { Complain } from '../boundedLog.ts'
import type { HashKey } from '../config.ts'
import type { Database } from '../db/database.ts'
import type { TaskKind } from '../db/schema/tasks.ts'
import { databaseTrouble } from '../db/trouble.ts'
import { GiveUpError, PoolkeeperError, safeError, WaitError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { putOff, toTheHead, toTheTail } from '../queue/putBack.ts'
import { readTaskJob, type TaskJob } from '../queue/queues.ts'
import { endRun } from '../run/end.ts'
import { logSeldom } from '../run/log.ts'
import { type Claim, claimTask, lockRun, releaseTask, stillHolds } from '../run/tasks.ts'
import type { ClaimWatch } from './claimWatch.ts'
import type { Outcome, WorkContext } from './context.ts'
import { type JobReport, reportOn } from './jobReport.ts'
import { plan } from './plan.ts'
import type { Pools } from './pools.ts'
import { publish } from './publish.ts'
import { stream } from './stream.ts'
import { whileHeld } from './whileHeld.ts'

/** The verbs, by kind of task. */
const WORK: Readonly<Record<TaskKind, (context: WorkContext, claim: Claim, signal: AbortSignal) => Promise<Outcome>>> =
  {
    plan,
    stream,
    publish,
  }

/** Claims without a commit in between before a task is given up: it takes its process down, or always meets a bug. */
const MAX_FRUITLESS_STARTS = 5

const WAIT_MS = { least: 1_000, most: 5_000 }
const RETRY_MS = { least: 500, most: 3_000 }

export interface Performer {
  readonly db: Database
  readonly pools: Pools
  readonly claims: ClaimWatch
  readonly hashKey: HashKey | undefined
  readonly logger: Logger
  /** For what happens to every job at once while a server is away. */
  readonly complain: Complain
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
    performer.complain(error, 'a job could not be performed; it is tried again', { job: job.id })
    return later(job, token, between(RETRY_MS))
  }
}

/** How a processor tells BullMQ what becomes of its job. */
const BULLMQ_WORDS = [DelayedError, WaitingError, UnrecoverableError]

/** One job's turn at a task. */
interface Turn {
  readonly performer: Performer
  readonly claim: Claim
  readonly job: Job<TaskJob>
  readonly token: string | undefined
  readonly report: JobReport
}

async function performTask(performer: Performer, job: Job<TaskJob>, token: string | undefined): Promise<string> {
  const claim = await claimTask(performer.db, readTaskJob(job.data).task, performer.name)
  if (!claim) return 'Nothing left to do: the task is done, or its run has ended.'
  const turn = { performer, claim, job, token, report: reportOn(job, performer.logger) }
  turn.report.note(`claimed by ${performer.name}, from page ${claim.task.page} on`)
  let outcome: Outcome
  try {
    outcome = await work(turn)
  } catch (error) {
    return recover(turn, error)
  }
  return settle(turn, outcome)
}

async function work({ performer, claim, report }: Turn): Promise<Outcome> {
  const { task, run } = claim
  if (task.fruitlessStarts > MAX_FRUITLESS_STARTS) {
    throw new GiveUpError(
      'crash-loop',
      `"${task.label}" was begun ${MAX_FRUITLESS_STARTS} times and ended its worker each time.`,
      "Look at the workers' logs and memory limit, then retry the run.",
    )
  }
  const { db, pools, claims, hashKey, quiet } = performer
  const { dataflow, pool } = await pools.open(run)
  const context = { db, dataflow, pool, hashKey, onProgress: report.progress, tasksUnderWay: claims.count }
  return whileHeld(claims, claim, quiet, (signal) => WORK[task.kind](context, claim, signal))
}

async function settle(turn: Turn, outcome: Outcome): Promise<string> {
  const { performer, claim, report } = turn
  if (outcome === 'lost') return turnedAway(turn)
  if (outcome === 'done') {
    report.close('done')
    return 'Done.'
  }
  await releaseTask(performer.db, claim, await usageOf(turn), false)
  if (performer.quiet.aborted) return backToTheHead(turn)
  return inTurn(turn)
}

/** Somebody else holds the claim, or the run has ended: whatever this worker still wanted to do no longer counts. */
function turnedAway({ performer, claim: { task, run }, report }: Turn): string {
  report.close('turned away')
  performer.logger.info({ task: task.id, run: run.id }, 'turned away: the task was taken over, or its run has ended')
  return 'Taken over by another worker, or the run has ended.'
}

async function recover(turn: Turn, error: unknown): Promise<string> {
  const { performer, claim, job, token, report } = turn
  const { logger, quiet } = performer
  if (quiet.aborted && !(error instanceof PoolkeeperError)) return backToTheHead(turn)
  const known = error instanceof PoolkeeperError ? error : databaseTrouble(error)
  if (known instanceof GiveUpError) return giveUp(turn, known)
  if (known instanceof WaitError) return waitOut(turn, known)
  logger.error({ err: error, task: claim.task.id, run: claim.run.id }, 'a task failed unexpectedly')
  if (claim.task.fruitlessStarts >= MAX_FRUITLESS_STARTS) return giveUp(turn, unexpected(error))
  report.close(`failed unexpectedly (${safeError(error).message}); it is tried again`)
  return later(job, token, between(RETRY_MS))
}

/** What passes by itself is waited for, without counting as a failure; but not longer than the watchdog would. */
async function waitOut(turn: Turn, wait: WaitError): Promise<string> {
  const { performer, claim, job, token, report } = turn
  if (await releaseTask(performer.db, claim, await usageOf(turn), true)) return giveUp(turn, wait)
  // whoever waits for their quota is at work
  if (wait.code !== 'quota-busy')
    await logSeldom(performer.db, claim.run.id, `It waits: ${wait.message}`, { minutes: 5 })
  report.close(`waiting: ${wait.message}`)
  return later(job, token, between(WAIT_MS))
}

/**
 * Ends the run as failed; only while the claim holds, since the worker that took over may be doing well. The task is put
 * back before that, because on a full disk the end can't be written down, again and again, and who lives to say so is in
 * no crash loop (a task was begun ten times in 12 s, measured).
 */
async function giveUp(turn: Turn, { code, description }: PoolkeeperError): Promise<string> {
  const { performer, claim, report } = turn
  await releaseTask(performer.db, claim, await usageOf(turn), false)
  const failed = await performer.db.transaction(async (tx) => {
    await lockRun(tx, claim.run.id)
    if (!(await stillHolds(tx, claim))) return false
    return endRun(tx, claim.run.id, { to: 'failed', cause: code, description })
  })
  if (!failed) return turnedAway(turn)
  report.close(`the run failed: ${code}`)
  throw new UnrecoverableError(description)
}

async function usageOf({ performer, claim }: Turn) {
  return { ...(await performer.pools.takeCounts(claim.run.id)), warnings: 0 }
}

function unexpected(error: unknown): PoolkeeperError {
  const { message } = safeError(error)
  return new GiveUpError(
    'internal',
    `Something unexpected happened: ${message}.`,
    "The worker's log says where; retry the run.",
  )
}

/** To the queue's tail, at once: the next turn is somebody else's. */
async function inTurn({ job, token, report }: Turn): Promise<never> {
  report.close('the slice is over')
  await toTheTail(job, token)
  throw new DelayedError()
}

async function later(job: Job<TaskJob>, token: string | undefined, ms: number): Promise<never> {
  await putOff(job, token, ms)
  throw new DelayedError()
}

/** This worker is going, another goes on. */
async function backToTheHead({ job, token, report }: Turn): Promise<never> {
  report.close('put back: this worker is going')
  await toTheHead(job, token)
  throw new WaitingError()
}

/** Full jitter, so that workers that were throttled together don't come back together. */
function between({ least, most }: { least: number; most: number }): number {
  return least + Math.random() * (most - least)
}
