import { expect, test } from 'vitest'
import { provisionedLimits } from '../../src/cognito/provisionedLimits.ts'
import type { QuotaCategory } from '../../src/cognito/quotas.ts'
import { type Answer, type Asked, scripted } from './scripted.ts'

const CATEGORIES = ['UserList', 'UserResourceRead', 'UserRead'] as const satisfies QuotaCategory[]
const running = new AbortController().signal

const categoryOf = ({ input }: Asked) =>
  (input.LimitDefinition as { Attributes: { Category: QuotaCategory } }).Attributes.Category

const limit = (rate: number): Answer => ({ Limit: { ProvisionedLimitValue: rate, FreeLimitValue: 30 } })

/** What is found out where AWS answers so, and how often it was asked. */
async function found(answer: (asked: Asked, count: number) => Answer) {
  const { pool, asked } = await scripted(answer, { attempts: 1 })
  const answers = await provisionedLimits(pool, CATEGORIES, running)
  return { answers: Object.fromEntries(answers), asked }
}

test('AWS is asked by category for the rate that it grants now', async () => {
  const { answers, asked } = await found((_asked, count) => limit(count * 100))
  expect(answers).toEqual({ UserList: 100, UserResourceRead: 200, UserRead: 300 })
  expect(asked[0]).toEqual({
    operation: 'GetProvisionedLimit',
    input: { LimitDefinition: { LimitClass: 'API_CATEGORY', Attributes: { Category: 'UserList' } } },
  })
})

test('a category that AWS does not know there has no answer, the others have theirs', async () => {
  const { answers } = await found((asked) =>
    categoryOf(asked) === 'UserList' ? { error: 'InvalidParameterException' } : limit(120),
  )
  expect(answers).toEqual({ UserList: null, UserResourceRead: 120, UserRead: 120 })
})

test('an answer that nobody could read by is none', async () => {
  const { answers } = await found((_asked, count) => (count === 1 ? limit(0) : count === 2 ? {} : limit(-1)))
  expect(answers).toEqual({ UserList: null, UserResourceRead: null, UserRead: null })
})

test.each(['AccessDeniedException', 'UnknownOperationException', 'NotImplemented'])(
  'refused with %s, AWS is not asked again, and nothing is known',
  async (error) => {
    const { answers, asked } = await found(() => ({ error }))
    expect(answers).toEqual({ UserList: null, UserResourceRead: null, UserRead: null })
    expect(asked).toHaveLength(1)
  },
)

test.each(['TooManyRequestsException', 'InternalErrorException'])(
  'after %s, which passes, what was not answered is left as it was',
  async (error) => {
    const { answers } = await found((_asked, count) => (count === 1 ? limit(60) : { error }))
    expect(answers).toEqual({ UserList: 60 })
  },
)

test('a plan that is told to stop stops', async () => {
  const stop = new AbortController()
  const { pool } = await scripted(() => {
    stop.abort(new Error('told to stop'))
    return limit(30)
  })
  await expect(provisionedLimits(pool, CATEGORIES, stop.signal)).rejects.toThrow('told to stop')
})
