import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type Asking, askAhead, type Question } from '../../src/worker/questions.ts'

/** As many users as there are, taken in their order. */
function ring(count: number) {
  const left = Array.from({ length: count }, (_, n) => ({ at: '-infinity', sub: `${n}`, username: null }))
  return async (atMost: number) => left.splice(0, atMost)
}

/** Asks of nobody's Cognito. @returns what was begun, page by page */
function asking(options: Partial<Asking> = {}) {
  const begun: number[] = []
  const questions = askAhead({
    take: ring(1_000),
    ask: async (users) => {
      begun.push(users.length)
      return { records: [], token: undefined, requests: users.length, answered: users.length }
    },
    budget: 1_000,
    signal: new AbortController().signal,
    until: Number.POSITIVE_INFINITY,
    ...options,
  })
  return { begun, questions }
}

describe('asking ahead', () => {
  test('has the next page under way before the one that is taken is answered', async () => {
    const { begun, questions } = asking()
    await questions.next(0)
    expect(begun).toEqual([60, 60])
    await questions.next(60)
    expect(begun).toEqual([60, 60, 60])
  })

  test('begins nothing that the budget does not hold, whatever is under way', async () => {
    const { begun, questions } = asking({ budget: 100 })
    await questions.next(0)
    expect(begun).toEqual([60, 40])
    await questions.next(60)
    expect(await questions.next(100)).toBe('nobody-left')
    expect(begun).toEqual([60, 40])
  })

  test('spends what is left when a page took more requests than it has users', async () => {
    const { begun, questions } = asking({ budget: 190 })
    await questions.next(0)
    await questions.next(120)
    expect(begun).toEqual([60, 60, 10])
  })

  test('ends when everybody has been asked', async () => {
    const { questions } = asking({ take: ring(70) })
    expect(await questions.next(0)).toMatchObject({ users: { length: 60 } })
    expect(await questions.next(60)).toMatchObject({ users: { length: 10 } })
    expect(await questions.next(70)).toBe('nobody-left')
  })

  test('begins nothing after the slice, and gives what is under way', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 0 })
    onTestFinished(() => void vi.useRealTimers())
    const { begun, questions } = asking({ until: 15_000 })
    await questions.next(0)
    vi.setSystemTime(15_000)
    expect(await questions.next(60)).toMatchObject({ users: { length: 60 } })
    expect(await questions.next(120)).toBe('slice-over')
    expect(begun).toEqual([60, 60])
  })

  test('reports a failure with the page that failed, and stops what nobody takes any more', async () => {
    const failure = new Error('refused')
    let pages = 0
    let stopped: AbortSignal | undefined
    const { questions } = asking({
      ask: async (_users, signal) => {
        stopped = signal
        if (++pages === 2) throw failure
        return { records: [], token: undefined }
      },
    })
    const first = (await questions.next(0)) as Question
    expect(await first.answer()).toMatchObject({ records: [] })
    const second = (await questions.next(60)) as Question
    await expect(second.answer()).rejects.toBe(failure)
    questions.stop()
    expect(stopped?.aborted).toBe(true)
  })
})
