import {
  AdminGetUserCommand,
  AdminListUserAuthEventsCommand,
  DescribeIdentityProviderCommand,
  DescribeUserPoolClientCommand,
  ListGroupsCommand,
  ListUsersCommand,
  ListUsersInGroupCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, test } from 'vitest'
import { openPool, type PoolClient } from '../../src/cognito/client.ts'
import { classify, isFeatureOff, isGone } from '../../src/cognito/errors.ts'
import { GiveUpError, type PoolkeeperError, WaitError } from '../../src/errors.ts'
import { type Answer, html, reset, scripted } from './scripted.ts'

const poolId = 'us-east-1_Scripted1'
const context = { operation: 'ListUsers', poolId, region: 'us-east-1' }

async function errorFrom(answer: Answer): Promise<PoolkeeperError> {
  const { pool } = await scripted(() => answer, { attempts: 2 })
  return pool.send(new ListUsersCommand({ UserPoolId: poolId, Limit: 1 })).then(
    () => expect.unreachable('the request should have failed'),
    (error) => error,
  )
}

describe('what somebody has to mend', () => {
  test.each([
    [
      'ResourceNotFoundException',
      'pool-not-found',
      /us-east-1_Scripted1 does not exist in Region us-east-1.*wrong Region/,
    ],
    ['UnrecognizedClientException', 'unknown-access-key', /does not know the access key.*Check that the access key id/],
    ['InvalidSignatureException', 'wrong-secret', /secret.*clock/],
    ['ExpiredTokenException', 'session-expired', /session .* has expired/],
    ['AccessDeniedException', 'permission-missing', /Allow cognito-idp:ListUsers .* policy/],
    ['InvalidParameterException', 'request-refused', /refused ListUsers/],
    ['SomethingNewException', 'internal', /SomethingNewException/],
  ])('%s is %s, is not retried and says what to do', async (error, code, words) => {
    const { pool, asked } = await scripted(() => ({ error }))
    const failure = await pool.send(new ListUsersCommand({ UserPoolId: poolId })).catch((thrown) => thrown)
    expect(failure).toBeInstanceOf(GiveUpError)
    expect(failure.code).toBe(code)
    expect(failure.description).toMatch(words)
    expect(failure.description).not.toContain('AWS says')
    expect(asked).toHaveLength(1)
  })

  test('a web page with 403 is told from a missing permission', async () => {
    const failure = await errorFrom(html(403))
    expect(failure).toBeInstanceOf(GiveUpError)
    expect(failure.code).toBe('network')
    expect(failure.description).toMatch(/HTTP 403.*proxy or firewall/)
  })

  test('a certificate that is not trusted', () => {
    const failure = classify(Object.assign(new Error('no'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' }), context)
    expect(failure).toBeInstanceOf(GiveUpError)
    expect(failure).toMatchObject({ code: 'network' })
    expect(failure.description).toContain('NODE_EXTRA_CA_CERTS')
  })

  test('no credentials at all', () => {
    const failure = classify(Object.assign(new Error('no'), { name: 'CredentialsProviderError' }), context)
    expect(failure).toBeInstanceOf(GiveUpError)
    expect(failure.code).toBe('no-credentials')
  })

  test('a role that may not be assumed, which is no missing permission of Cognito', () => {
    const refusal = Object.assign(new Error('no'), { name: 'AccessDenied' })
    const failure = classify(refusal, { ...context, operation: 'AssumeRole' })
    expect(failure).toBeInstanceOf(GiveUpError)
    expect(failure.code).toBe('role-refused')
    expect(failure.description).toMatch(/trust policy.*external id/)
  })
})

describe('what passes', () => {
  test.each<[string, Answer, string]>([
    ['throttling, which comes as HTTP 400', { error: 'TooManyRequestsException' }, 'throttled'],
    ['an internal error', { error: 'InternalErrorException', status: 500 }, 'cognito-unavailable'],
    ['a web page with 503', html(503), 'cognito-unavailable'],
    ['a connection that is reset', reset, 'network'],
  ])('%s ends in a WaitError when it lasts', async (_what, answer, code) => {
    const failure = await errorFrom(answer)
    expect(failure).toBeInstanceOf(WaitError)
    expect(failure.code).toBe(code)
  })

  test.each(['TooManyRequestsException', 'InternalErrorException'])('a passing %s is not noticed', async (error) => {
    const { pool } = await scripted((_asked, count) => (count === 1 ? { error, status: 500 } : { Users: [] }))
    await expect(pool.send(new ListUsersCommand({ UserPoolId: poolId }))).resolves.toMatchObject({ Users: [] })
  })

  test('nobody listening', async () => {
    const pool = openPool({
      poolId,
      region: 'us-east-1',
      credentials: { kind: 'access-key', accessKeyId: 'AKIA', secretAccessKey: 's' },
      endpoint: 'http://127.0.0.1:1',
    })
    const failure = await pool.send(new ListUsersCommand({ UserPoolId: poolId })).catch((error) => error)
    expect(failure).toBeInstanceOf(WaitError)
    expect(failure.description).toContain('ECONNREFUSED')
  })

  test('a Region that does not exist, with the host that was looked for', () => {
    const unresolved = { code: 'ENOTFOUND', hostname: 'cognito-idp.us-east-99.amazonaws.com' }
    const failure = classify(Object.assign(new Error('no'), unresolved), { ...context, region: 'us-east-99' })
    expect(failure).toBeInstanceOf(WaitError)
    expect(failure.description).toMatch(/cognito-idp\.us-east-99\.amazonaws\.com.*If the Region is misspelt/)
  })
})

test.each(['UserPoolAddOnNotEnabledException', 'InvalidUserPoolConfigurationException'])(
  '%s is told from a fault: the pool keeps no such data',
  async (error) => {
    const { pool } = await scripted(() => ({ error }))
    const listing = pool.send(new AdminListUserAuthEventsCommand({ UserPoolId: poolId, Username: 'ada' }))
    const failure = await listing.catch((failure) => failure)
    expect(isFeatureOff(failure)).toBe(true)
    expect(failure.description).toContain('AdminListUserAuthEvents')
  },
)

describe('what is gone is told from a pool that is gone', () => {
  const asked = { UserPoolId: poolId }
  test.each<[string, (pool: PoolClient) => Promise<unknown>, string]>([
    ['a group', (pool) => pool.send(new ListUsersInGroupCommand({ ...asked, GroupName: 'g' })), 'Group not found.'],
    [
      'a client',
      (pool) => pool.send(new DescribeUserPoolClientCommand({ ...asked, ClientId: 'c' })),
      'User pool client c does not exist.',
    ],
    [
      'an identity provider',
      (pool) => pool.send(new DescribeIdentityProviderCommand({ ...asked, ProviderName: 'P' })),
      'The provider P does not exist for User Pool us-east-1_Scripted1.',
    ],
  ])('%s', async (what, ask, said) => {
    const answerTo = async (message: string) => {
      const { pool } = await scripted(() => ({ error: 'ResourceNotFoundException', message }))
      return ask(pool).then(
        () => expect.unreachable('the request should have failed'),
        (error: PoolkeeperError) => error,
      )
    }
    const gone = await answerTo(said)
    expect(isGone(gone)).toBe(true)
    expect(gone.description.toLowerCase()).toContain(`${what} of user pool`)
    const poolGone = await answerTo('User pool us-east-1_Grouped01 does not exist.')
    expect(isGone(poolGone)).toBe(false)
    expect(poolGone.code).toBe('pool-not-found')
  })

  test('a user, for whom Cognito has a name of its own', async () => {
    const { pool } = await scripted(() => ({ error: 'UserNotFoundException', message: 'User does not exist.' }))
    const gone = await pool.send(new AdminGetUserCommand({ ...asked, Username: 'u' })).catch((error) => error)
    expect(isGone(gone)).toBe(true)
    expect(gone.description).not.toContain('AWS says')
  })
})

test('a missing permission is named by the operation that was refused', async () => {
  const { pool } = await scripted(() => ({ error: 'AccessDeniedException' }))
  const failure = await pool.send(new ListGroupsCommand({ UserPoolId: poolId })).catch((error) => error)
  expect(failure.description).toContain('cognito-idp:ListGroups')
})

test('an error that is classified already stays as it is', () => {
  const known = new WaitError('throttled', 'Known.')
  expect(classify(known, context)).toBe(known)
})
