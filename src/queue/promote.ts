import type { TaskQueues } from './queues.ts'

/** Looked at in one round, of each queue. */
const BATCH = 1_000

/**
 * Sets free the jobs that wait for longer than any worker puts them off. BullMQ notes by the clock of the machine that
 * puts a job off when it is due, and looks by that of the machine that asks for work: between two that are an hour apart
 * a second became an hour. So no clock is asked here: who was seen waiting in the round before has waited long enough.
 * One that was put off twice meanwhile loses a second of its wait.
 * @param seen what the round before answered; call it in rounds that are as far apart as the longest wait, or farther.
 * @returns the jobs that wait now.
 */
export async function promoteOverdue(queues: TaskQueues, seen: ReadonlySet<string>): Promise<Set<string>> {
  const waiting = new Set<string>()
  for (const queue of Object.values(queues)) {
    for (const id of await queue.getRanges(['delayed'], 0, BATCH - 1, true)) {
      waiting.add(id)
      if (seen.has(id)) await promote(queue, id)
    }
  }
  return waiting
}

async function promote(queue: TaskQueues[keyof TaskQueues], id: string): Promise<void> {
  const job = await queue.getJob(id)
  // it may have been taken since: then there is nothing to be done
  if (await job?.isDelayed()) await job?.promote()
}
