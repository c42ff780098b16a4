import type { Job } from 'bullmq'
import { JOB_PRIORITY, type TaskJob } from './queues.ts'

/** Delayed until a moment that has passed by every machine's clock, be it an hour slow: not delayed at all. */
const LONG_AGO_MS = 24 * 60 * 60_000

/**
 * To the queue's head, at once and without an attempt burned. Before the nightly ones too, whatever it was: BullMQ 6.7.0
 * puts a job that has a priority back without telling those who wait for one, who look by themselves after 5 s (measured).
 */
export async function toTheHead(job: Job<TaskJob>, token: string | undefined): Promise<void> {
  await job.changePriority({ priority: JOB_PRIORITY['ad-hoc'] })
  await job.moveToWait(token)
}

/** To the queue's tail, at once: behind the others of its priority, also if it was put back before all of them once. */
export async function toTheTail(job: Job<TaskJob>, token: string | undefined): Promise<void> {
  await job.changePriority({ priority: job.opts.priority ?? JOB_PRIORITY['ad-hoc'] })
  await putOff(job, token, -LONG_AGO_MS)
}

/** To the queue's tail, after a while, by this machine's clock; `promote.ts` mends what clocks that differ make of it. */
export async function putOff(job: Job<TaskJob>, token: string | undefined, ms: number): Promise<void> {
  await job.moveToDelayed(Date.now() + ms, token)
}
