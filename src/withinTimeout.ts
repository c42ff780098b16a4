/**
 * Waits for Redis, but not for long: one that accepts connections may say nothing for as long as its socket lives.
 * @throws RangeError when there was no answer in time; what was asked goes on, and nobody hears of its end.
 */
export async function withinTimeout<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    // an answer may have come while this process was busy: it is read before the immediate
    timer = setTimeout(() => setImmediate(() => reject(new RangeError(`Redis gave no answer in ${ms} ms`))), ms)
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}
