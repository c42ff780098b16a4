import { EventEmitter, once } from 'node:events'

/**
 * Reads on while the consumer works at what it has, and gives it all together that has come meanwhile. At the end of what
 * is read nothing is left behind; a failure is reported behind what came before it.
 * @param read begins reading; its signal is aborted when the given one is, and when the consumer stops early
 * @param atMost so many wait for the consumer, and are given together
 * @throws what reading throws
 */
export async function* readAhead<T>(
  read: (signal: AbortSignal) => AsyncIterable<T>,
  atMost: number,
  signal: AbortSignal,
): AsyncGenerator<readonly [T, ...T[]], void, undefined> {
  const stopped = new AbortController()
  const changes = new EventEmitter()
  let waiting: T[] = []
  let outcome: PromiseSettledResult<void> | undefined

  async function fill(): Promise<void> {
    for await (const one of read(AbortSignal.any([signal, stopped.signal]))) {
      waiting.push(one)
      changes.emit('change')
      while (waiting.length >= atMost) await once(changes, 'change')
    }
  }

  void Promise.allSettled([fill()]).then(([settled]) => {
    outcome = settled
    changes.emit('change')
  })
  try {
    for (;;) {
      while (waiting.length === 0 && !outcome) await once(changes, 'change')
      const [first, ...others] = waiting
      if (first === undefined) break
      waiting = []
      changes.emit('change')
      yield [first, ...others]
    }
    if (outcome?.status === 'rejected') throw outcome.reason
  } finally {
    stopped.abort()
    waiting = []
    changes.emit('change')
  }
}
