import type { Job } from 'bullmq'
import {
  type Attempt,
  findDue,
  MOST_ATTEMPTS,
  type Next,
  settleDelivered,
  settleFailed,
  settleLost,
} from '../alert/attempts.ts'
import { type Sender, send } from '../alert/send.ts'
import type { Complain } from '../boundedLog.ts'
import type { Database } from '../db/database.ts'
import { safeError } from '../errors.ts'
import { type DeliveryJob, readDeliveryJob } from '../queue/queues.ts'

export interface Deliverer {
  readonly db: Database
  readonly sender: Sender
  readonly complain: Complain
  /** Aborted when the process is to be quiet. */
  readonly quiet: AbortSignal
}

/** Why an attempt came to nothing, for Bull Board. */
class FailedAttempt extends Error {}

/**
 * Makes an attempt to deliver something to a webhook. Whether another one follows stands in Postgres: a job is one attempt,
 * and fails with what its receiver did.
 * @returns what Bull Board shows as the job's result.
 */
export async function deliver(deliverer: Deliverer, job: Job<DeliveryJob>): Promise<string> {
  const attempt = readDeliveryJob(job.data)
  try {
    return await attemptTo(deliverer, attempt)
  } catch (error) {
    if (error instanceof FailedAttempt) throw error
    // Postgres is away: a scheduler finds that nobody has noted what came of it
    deliverer.complain(error, 'a delivery to a webhook could not be settled; it is made again', { job: job.id })
    throw new FailedAttempt(`It could not be settled (${safeError(error).message}); another attempt follows.`)
  }
}

async function attemptTo({ db, sender, quiet }: Deliverer, attempt: Attempt): Promise<string> {
  const due = await findDue(db, attempt)
  if (!due) return 'Nothing left to do: it is settled, or another attempt has taken its place.'
  const { delivered, text } = await send(sender, due, quiet)
  if (delivered) {
    await settleDelivered(db, attempt, text)
    return text
  }
  if (quiet.aborted) {
    await settleLost(db, [attempt])
    return 'Cut off: this worker is going, another one goes on.'
  }
  throw new FailedAttempt(`${text}; ${describe(attempt, await settleFailed(db, attempt, text))}`)
}

function describe({ attempt }: Attempt, next: Next | undefined): string {
  if (!next) return 'another attempt has taken its place.'
  if (next.state === 'given-up') return `given up after ${attempt} attempts.`
  return `attempt ${attempt} of ${MOST_ATTEMPTS}, the next one follows at ${next.dueAt.toISOString()}.`
}
