import type { Job } from 'bullmq'
import type { Logger } from '../logger.ts'

export interface Progress {
  readonly page: number
  readonly rows: number
}

/** What Bull Board shows of a job while it is worked at. */
export interface JobReport {
  progress(progress: Progress): void
  /** A log line: what happened, without anything that a user of the pool could have typed. */
  note(text: string): void
  /** The last line, with how far the work got. */
  close(text: string): void
}

/** People look at it, so a report a second is enough. */
const EVERY_MS = 1_000

/** Reports on a job. Nothing depends on it: a Redis that is away must not stop the work. */
export function reportOn(job: Job, logger: Logger): JobReport {
  let latest: Progress | undefined
  let nextAt = 0
  const show = (shown: Promise<unknown>) =>
    void shown.catch((error) => logger.debug({ err: error, job: job.id }, 'a report did not reach Redis'))
  const note = (text: string) => show(job.log(`${new Date().toISOString()} ${text}`))
  return {
    progress(progress) {
      latest = progress
      if (Date.now() < nextAt) return
      nextAt = Date.now() + EVERY_MS
      show(job.updateProgress(progress))
    },
    note,
    close(text) {
      if (latest) show(job.updateProgress(latest))
      note(latest ? `${text}, at page ${latest.page} with ${latest.rows} rows` : text)
    },
  }
}
