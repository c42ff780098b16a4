import { type ConnectionOptions, type JobsOptions, Queue, UnrecoverableError } from 'bullmq'
import { z } from 'zod'
import type { Priority } from '../db/schema/runs.ts'
import type { TaskKind } from '../db/schema/tasks.ts'

/** One queue for each kind of task, so that planning a small pool never waits behind the streams of a large one. */
export const TASK_QUEUES: Readonly<Record<TaskKind, string>> = {
  plan: 'poolkeeper-plan',
  stream: 'poolkeeper-stream',
  publish: 'poolkeeper-publish',
}

/** Where other services put what `requestJob` describes. */
export const REQUEST_QUEUE = 'poolkeeper-requests'

/** Where each attempt to deliver something to a webhook is a job. */
export const WEBHOOK_QUEUE = 'poolkeeper-webhooks'

/**
 * All that a job carries: ids. What the task is, and how far it got, stands in Postgres. `v` lets a worker of the next
 * version tell jobs of this one apart during a deploy.
 */
export const taskJob = z.object({ v: z.literal(1), task: z.number().int(), run: z.number().int() })
export type TaskJob = z.infer<typeof taskJob>

/**
 * Reads a job's data; fields that a later version added are left alone.
 * @throws UnrecoverableError with what is wrong, for Bull Board: the job fails, and its task goes out anew within a
 *   reconcile round.
 */
export function readTaskJob(data: unknown): TaskJob {
  return readJob(taskJob, data)
}

/** The same of an attempt to deliver: where to and what stands in Postgres. */
export const deliveryJob = z.object({ v: z.literal(1), delivery: z.number().int(), attempt: z.number().int() })
export type DeliveryJob = z.infer<typeof deliveryJob>

/** @throws UnrecoverableError with what is wrong, for Bull Board: the job fails, and another attempt is made. */
export function readDeliveryJob(data: unknown): DeliveryJob {
  return readJob(deliveryJob, data)
}

function readJob<T>(schema: z.ZodType<T>, data: unknown): T {
  const read = schema.safeParse(data)
  if (read.success) return read.data
  throw new UnrecoverableError(`This is no job of this version of Poolkeeper: ${z.prettifyError(read.error)}`)
}

/** Longer lists are not even looked through: what is wrong with each would fill Redis. */
const MOST_TABLES = 50

/**
 * What another service may ask for. What is wrong with a request stands in Redis and on Bull Board: no message repeats what
 * was sent, and a name of a field only where it looks like one.
 */
export const requestJob = z.strictObject(
  {
    dataflow: z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,39}$/, 'must be the name of a dataflow, such as CustomerPool'),
    // nobody's name has control characters, and Postgres can't hold NUL
    requestedBy: z
      .string()
      .min(1)
      .max(200)
      .regex(/^\P{Cc}*$/u, 'must hold no control characters'),
    tables: z
      .array(z.unknown())
      .min(1)
      .max(MOST_TABLES)
      .pipe(z.array(z.string().regex(/^[a-z_]{1,63}$/, 'must be the name of a table, such as users')))
      .optional(),
    priority: z.enum(['ad-hoc', 'nightly'] satisfies Priority[]).optional(),
  },
  { error: (issue) => (issue.code === 'unrecognized_keys' ? unknownFields(issue.keys) : undefined) },
)

export type RequestJob = z.infer<typeof requestJob>

function unknownFields(names: readonly string[]): string {
  const told = names.filter((name) => /^\w{1,40}$/.test(name)).slice(0, 5)
  return told.length > 0 ? `no request has ${told.join(', ')}` : 'there are fields that no request has'
}

/**
 * A task's job id: the same for the same delivery, so that dispatching twice adds one job; another for the next, because
 * BullMQ silently ignores an id that it still keeps among the failed.
 */
export function taskJobId(task: { id: number; delivery: number }): string {
  return `task-${task.id}-${task.delivery}`
}

/** The job id of an attempt, as `taskJobId`. */
export function deliveryJobId({ delivery, attempt }: Omit<DeliveryJob, 'v'>): string {
  return `delivery-${delivery}-${attempt}`
}

/** Where a job still is when somebody is going to work at it. */
export const LIVE_STATES: ReadonlySet<string> = new Set([
  ...['active', 'waiting', 'prioritized', 'delayed', 'waiting-children'],
])

/** Jobs are kept long enough to look at, not for ever (BullMQ's default). */
export const JOB_OPTIONS = {
  removeOnComplete: { age: 24 * 3600, count: 2_000 },
  removeOnFail: { age: 7 * 24 * 3600, count: 2_000 },
  // two lines a slice: a stream that takes an hour makes 480
  keepLogs: 100,
} satisfies JobsOptions

/**
 * BullMQ takes the jobs without a priority first, then the others in their order: somebody waits for an ad-hoc run. The
 * nightly ones go on beside it, since no run may have as many jobs as a worker has places (`dispatch.ts`).
 */
export const JOB_PRIORITY: Readonly<Record<Priority, number>> = { 'ad-hoc': 0, nightly: 1 }

/**
 * BullMQ begins a queue by asking Redis for its version, once. Where the connection is lost in that moment, it keeps the
 * refusal and gives it as its answer to everything, for good: a scheduler dispatched nothing more until it was restarted.
 * The doctor looks at the version.
 */
export const NO_QUESTIONS = { skipVersionCheck: true }

export type TaskQueues = Readonly<Record<TaskKind, Queue<TaskJob>>>

/** The producing side of the task queues. Adds nothing by itself; see `dispatch.ts`. */
export function openTaskQueues(connection: ConnectionOptions): TaskQueues {
  const open = (kind: TaskKind) => openQueue<TaskJob>(TASK_QUEUES[kind], connection)
  return { plan: open('plan'), stream: open('stream'), publish: open('publish') }
}

export type WebhookQueue = Queue<DeliveryJob>

/** The producing side of the webhooks' queue. */
export function openWebhookQueue(connection: ConnectionOptions): WebhookQueue {
  return openQueue<DeliveryJob>(WEBHOOK_QUEUE, connection)
}

function openQueue<Data>(name: string, connection: ConnectionOptions): Queue<Data> {
  const queue = new Queue<Data>(name, { connection, defaultJobOptions: JOB_OPTIONS, ...NO_QUESTIONS })
  // BullMQ prints errors that nobody listens to, as they come; the connection logs the same ones at a bounded rate
  return queue.on('error', () => undefined)
}
