import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { readAhead } from '../../src/worker/readAhead.ts'

/** Something that is read one by one, when the test says so. */
function source() {
  const given = { read: 0, aborted: false }
  const gates: (() => void)[] = []
  async function* read(signal: AbortSignal) {
    signal.addEventListener('abort', () => {
      given.aborted = true
      for (const open of gates) open()
    })
    for (;;) {
      await new Promise<void>((resolve) => gates.push(resolve))
      signal.throwIfAborted()
      yield ++given.read
    }
  }
  /** Lets so many come, once they are asked for. */
  const come = async (count: number) => {
    for (let left = count; left > 0; left--) {
      await vi.waitFor(() => expect(gates).not.toHaveLength(0))
      gates.shift()?.()
      await new Promise(setImmediate)
    }
  }
  return { given, gates, read, come }
}

const never = () => new AbortController().signal

async function* numbers(...all: (number | Error)[]) {
  for (const one of all) {
    if (one instanceof Error) throw one
    yield one
  }
}

const tick = () => new Promise(setImmediate)

describe('reading ahead', () => {
  test('gives at once what comes, and together what came while the consumer was at work', async () => {
    const { read, come } = source()
    const ahead = readAhead(read, 3, never())
    const first = ahead.next()
    await come(1)
    expect((await first).value).toEqual([1])
    await come(2)
    expect((await ahead.next()).value).toEqual([2, 3])
  })

  test('reads no further than the consumer may take at once', async () => {
    const { given, gates, read, come } = source()
    const ahead = readAhead(read, 3, never())
    const first = ahead.next()
    await come(1)
    await first
    await come(3)
    await tick()
    expect(gates).toHaveLength(0)
    expect(given.read).toBe(4)
    expect((await ahead.next()).value).toEqual([2, 3, 4])
    await come(1)
    expect((await ahead.next()).value).toEqual([5])
  })

  test('leaves nothing behind at the end, however slow the consumer is', async () => {
    const all: number[] = []
    for await (const some of readAhead(() => numbers(1, 2, 3, 4, 5, 6, 7), 2, never())) {
      await tick()
      all.push(...some)
    }
    expect(all).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  test('reports a failure behind what came before it', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    onTestFinished(() => void process.off('unhandledRejection', unhandled))
    const failure = new Error('the network is gone')
    const ahead = readAhead(() => numbers(1, 2, failure), 5, never())
    expect((await ahead.next()).value).toEqual([1])
    await tick()
    expect((await ahead.next()).value).toEqual([2])
    await expect(ahead.next()).rejects.toBe(failure)
    expect(unhandled).not.toHaveBeenCalled()
  })

  test('stops reading when the consumer stops early, and leaves no rejection behind', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    onTestFinished(() => void process.off('unhandledRejection', unhandled))
    const { given, gates, read, come } = source()
    const ahead = readAhead(read, 3, never())
    const first = ahead.next()
    await come(1)
    await first
    await vi.waitFor(() => expect(gates).toHaveLength(1))
    await ahead.return()
    await tick()
    expect(given).toEqual({ read: 1, aborted: true })
    expect(unhandled).not.toHaveBeenCalled()
  })

  test('an abort is heard behind what came before it', async () => {
    const { read, come } = source()
    const controller = new AbortController()
    const ahead = readAhead(read, 3, controller.signal)
    const first = ahead.next()
    await come(1)
    await first
    await come(1)
    const reason = new Error('quiet')
    controller.abort(reason)
    expect((await ahead.next()).value).toEqual([2])
    await expect(ahead.next()).rejects.toBe(reason)
  })
})
