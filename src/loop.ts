import { boundedLog } from './boundedLog.ts'
import type { Logger } from './logger.ts'

export interface Loop {
  /** Runs the next round now; while one is under way, right after it. */
  wake(): void
  /** Lets the round under way end, then runs no more. */
  stop(): Promise<void>
}

/**
 * Runs `round` again and again with a pause between two. All logic is in the round, so tests call that and need no clock.
 * A round that fails is logged, once a minute at most, and tried again at the next turn: a process outlives its Postgres and
 * its Redis.
 * @param everyMs from the end of a round to the beginning of the next.
 * @param round answers true when it has left something to do: then the next one follows at once.
 */
export function startLoop(name: string, everyMs: number, round: () => Promise<unknown>, logger: Logger): Loop {
  const complain = boundedLog(logger)
  let stopping = false
  let awake = false
  let interrupt = () => {}

  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, awake || stopping ? 0 : everyMs)
      interrupt = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const running = (async () => {
    while (!stopping) {
      awake = false
      try {
        if ((await round()) === true) awake = true
      } catch (error) {
        complain(error, 'a round failed; it is tried again', { loop: name })
      }
      await pause()
    }
  })()

  return {
    wake() {
      awake = true
      interrupt()
    },
    async stop() {
      stopping = true
      interrupt()
      await running
    },
  }
}
