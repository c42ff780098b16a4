import { setMaxListeners } from 'node:events'
import type { Response } from 'express'

/** Aborted when the connection closes before the answer is complete, or after. */
export function whileWaitedFor(response: Response): AbortSignal {
  const waiting = new AbortController()
  // each request to AWS that a preview makes listens to it; Node warns from the 11th on
  setMaxListeners(0, waiting.signal)
  response.once('close', () => waiting.abort())
  return waiting.signal
}
