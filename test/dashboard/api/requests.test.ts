import { beforeAll, describe, expect, test } from 'vitest'
import { EVERYTHING_GRANTED } from '../../../src/access/caller.ts'
import { createToken } from '../../../src/access/token.ts'
import { createTestDatabase } from '../../support/database.ts'
import { seedDataflow } from '../seeds.ts'
import { openDashboard } from '../visitor.ts'
import { type Program, programOf } from './visitor.ts'

let url: string
let admin: Program
let authorization: string

beforeAll(async () => {
  const { db, url: databaseUrl } = await createTestDatabase()
  const dashboard = await openDashboard({ databaseUrl })
  url = dashboard.url
  admin = await programOf(url, db)
  await seedDataflow(db, { name: 'CustomerPool' })
  const { secret } = await createToken(db, { ...EVERYTHING_GRANTED, name: 'raw', createdBy: 'ana', expiresAt: null })
  authorization = `Bearer ${secret}`
  return dashboard.close
})

/** Sends a body as it is. */
async function send(body: string, contentType: string, path = '/dataflows/CustomerPool/runs') {
  const headers = { authorization, 'content-type': contentType }
  const response = await fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body })
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  return { status: response.status, problem: await response.json() }
}

describe('a request that can not be read is a problem that says why', () => {
  test.each([
    ['a body that is too large', JSON.stringify({ priority: 'x'.repeat(200_000) }), 'application/json', 413],
    ['broken JSON', '{"priority": ', 'application/json', 400],
    ['JSON that is no object', '"nightly"', 'application/json', 400],
    ['a form', 'priority=nightly', 'application/x-www-form-urlencoded', 415],
    ['text', '{}', 'text/plain', 415],
    ['another charset', '{}', 'application/json; charset=latin1', 415],
  ])('%s', async (_, body, contentType, status) => {
    const { problem, ...answer } = await send(body, contentType)
    expect(answer.status).toBe(status)
    expect(problem).toMatchObject({ type: 'about:blank', status, cause: 'bad-input', requestId: expect.any(String) })
    expect(problem.detail).not.toBe('')
  })

  test('an address that is none, inside the API as well', async () => {
    expect(await admin('GET', '/no-such-thing')).toMatchObject({ status: 404, body: { cause: 'not-found' } })
    expect(await admin('GET', '/dataflows/%E0%A4%A')).toMatchObject({ status: 400, body: { cause: 'bad-input' } })
    expect(await admin('GET', '/dataflows/a%00b')).toMatchObject({ status: 400, body: { cause: 'bad-input' } })
  })

  test('a method that an address does not have, with those that it has', async () => {
    const { status, headers, body } = await admin('PUT', '/dataflows/CustomerPool', {})
    expect(status).toBe(405)
    expect(headers.get('allow')).toBe('GET, PATCH, DELETE')
    expect(body.detail).toContain('PUT is not for this address')
  })

  test.each(['idempotencyKey', 'body', 'name', 'ifMatch'])(
    'a parameter %s in the address, which is none there',
    async (parameter) => {
      const { status, body } = await admin('POST', `/dataflows/CustomerPool/runs?${parameter}=x`, {})
      expect({ status, body }).toMatchObject({ status: 400, body: { detail: expect.stringContaining(parameter) } })
    },
  )
})

test('an error is named by its request, which a proxy may have named', async () => {
  const given = await admin('GET', '/runs/999', undefined, { 'x-request-id': 'edge-12345678' })
  expect(given.body.requestId).toBe('edge-12345678')
  const odd = await admin('GET', '/runs/999', undefined, { 'x-request-id': 'a b"}' })
  expect(odd.body.requestId).toMatch(/^[0-9a-f-]{36}$/)
})
