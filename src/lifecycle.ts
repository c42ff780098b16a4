import type { Logger } from './logger.ts'

/** A running process of ours. `quiet` takes no new work and lets go of what it holds; `stop` closes the connections. */
export interface Stoppable {
  quiet(): Promise<void>
  stop(): Promise<void>
}

/** SIGTERM to exit, at most: orchestrators kill after 10 s (Docker) or 30 s (Kubernetes). */
const DEADLINE_MS = 9_000

/**
 * Resolves once this process has been told to stop: SIGTERM, SIGINT, or its parent's end (a forked child loses its IPC
 * channel however the parent died, kill -9 included, so no child outlives it).
 */
export function stopRequested(): Promise<string> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve('SIGTERM'))
    process.once('SIGINT', () => resolve('SIGINT'))
    if (process.connected) process.once('disconnect', () => resolve('the parent is gone'))
  })
}

/**
 * Starts what `start` gives and waits to be told to stop, then shuts down in two steps, quiet and stop, within a deadline.
 * It listens before it starts: a worker whose container was stopped in the moment it came up died of the signal.
 * What is cut off by the deadline loses nothing: its checkpoint stands in Postgres and another worker goes on from it.
 */
export async function runUntilStopped(start: () => Promise<Stoppable>, logger: Logger): Promise<void> {
  const stopping = stopRequested().then((reason) => {
    logger.info({ reason }, 'stopping')
    return exitAtDeadline(logger)
  })
  const running = await start()
  const deadline = await stopping
  await running.quiet()
  await running.stop()
  if (process.connected) process.disconnect()
  clearTimeout(deadline)
  // a client that reconnects for ever would hold the process open; the log gets the time to be written
  setTimeout(() => process.exit(0), 250).unref()
}

function exitAtDeadline(logger: Logger): NodeJS.Timeout {
  return setTimeout(() => {
    logger.warn({ deadlineMs: DEADLINE_MS }, 'stopped at the deadline, with work under way')
    process.exit(1)
  }, DEADLINE_MS).unref()
}
