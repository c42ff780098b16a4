import { describe, expect, test, vi } from 'vitest'
import { userMfa } from '../../src/cognito/tables/userMfa.ts'
import { askEach } from '../../src/cognito/userByUser.ts'
import { WaitError } from '../../src/errors.ts'
import { scripted } from './scripted.ts'

const { signal } = new AbortController()
const users = Array.from({ length: 60 }, (_, n) => ({ sub: `sub-${n}`, username: null }))

/** Asks about a page of users; from the given one on a request fails with this. */
async function askFailingFrom(nth: number, failure: Error) {
  let requests = 0
  const take = async () => {
    if (requests++ >= nth) throw failure
    return 0
  }
  const { pool, asked } = await scripted(({ input }) => ({ Username: input.Username }), {
    governor: { take, slowDown: () => undefined },
  })
  const listed = userMfa.listPage({ pool, stream: { source: 'user_mfa' }, token: undefined, users, signal })
  return { listed, asked }
}

const BUSY = new WaitError('quota-busy', 'The quota is busy.')

describe('asking each of many users', () => {
  test('asks all of them at once, and gives the answers in their order', async () => {
    const begun: number[] = []
    let answer = () => undefined as undefined
    const answered = new Promise<void>((resolve) => {
      answer = () => void resolve()
    })
    const answers = askEach([3, 1, 2], signal, async (user) => {
      begun.push(user)
      await answered
      return user * 10
    })
    await vi.waitFor(() => expect(begun).toEqual([3, 1, 2]))
    answer()
    expect(await answers).toEqual([30, 10, 20])
  })

  test('stops the others when one fails, and throws what failed', async () => {
    const failure = new Error('refused')
    let stopped: AbortSignal | undefined
    const answers = askEach([1, 2], signal, async (user, stop) => {
      if (user === 2) throw failure
      stopped = stop
      return new Promise((_resolve, reject) => stop.addEventListener('abort', () => reject(stop.reason)))
    })
    await expect(answers).rejects.toBe(failure)
    expect(stopped?.aborted).toBe(true)
  })
})

describe('a page that is asked for user by user', () => {
  test('tells of those who had their turn when the quota is busy, and asks nobody in vain', async () => {
    const { listed, asked } = await askFailingFrom(7, BUSY)
    const { records, answered, requests } = await listed
    expect(records).toMatchObject(users.slice(0, 7).map(({ sub }) => ({ sub })))
    expect({ answered, requests, asked: asked.length }).toEqual({ answered: 7, requests: 7, asked: 7 })
  })

  test('fails when it can tell of nobody', async () => {
    const { listed } = await askFailingFrom(0, BUSY)
    await expect(listed).rejects.toBe(BUSY)
  })
})
