import type { Job, Queue } from 'bullmq'
import { expect, vi } from 'vitest'

export const REQUEST = { dataflow: 'CustomerPool', requestedBy: 'billing' }

/** Waits until a request has been taken or refused. @returns the job as its sender finds it then */
export async function ends(queue: Queue, job: Job, state: 'completed' | 'failed'): Promise<Job> {
  await vi.waitFor(async () => expect(await job.getState()).toBe(state), { timeout: 5_000, interval: 10 })
  return (await queue.getJob(job.id ?? '')) as Job
}
