import { describe, expect, test } from 'vitest'
import { refusalOf } from '../../dashboard/problem.ts'
import { AskError, GiveUpError, WaitError } from '../../src/errors.ts'

describe('a form is shown again', () => {
  test.each([
    ['what was wrong with it', new AskError('bad-input', 'The name is missing.', 'Type one.')],
    ['what AWS refused', new GiveUpError('wrong-secret', 'The secret is wrong.', 'Type it again.')],
    ['a server that does not answer', new WaitError('network', 'Cognito is not answering.', 'Try again.')],
  ])('with %s', (_what, error) => {
    expect(refusalOf(error)).toMatchObject({ code: error.code, description: error.description })
  })

  test('and that Postgres is away', () => {
    expect(refusalOf(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }))).toMatchObject({
      ...{ code: 'database-unavailable', remedy: 'Try again in a moment.' },
    })
  })

  test('but not with what nobody has foreseen', () => {
    expect(refusalOf(new TypeError('x'))).toBeUndefined()
  })
})
