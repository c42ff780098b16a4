import { Validator } from '@seriousme/openapi-schema-validator'
import { beforeAll, describe, expect, test } from 'vitest'
import type { oas31 } from 'zod-openapi'
import { apiRouter } from '../../../dashboard/api/router.ts'
import type { Services } from '../../../dashboard/services.ts'
import { type OperationName, ROUTES } from '../../../src/api/routes.ts'
import { createInput } from '../../../src/dataflow/input.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { openDashboard, signedIn, type Visitor } from '../visitor.ts'
import { programOf } from './visitor.ts'

let database: TestDatabase
let url: string
let visit: Visitor
let description: oas31.OpenAPIObject

beforeAll(async () => {
  database = await createTestDatabase()
  const dashboard = await openDashboard({ databaseUrl: database.url })
  url = dashboard.url
  visit = await signedIn(url, database.db)
  const program = await programOf(url, database.db, { role: 'viewer' })
  description = (await program('GET', '/openapi.json')).body
  return dashboard.close
})

/** `GET /runs/{run}`, for everything that the API answers: read from the router itself. Other methods it only refuses. */
function answeredRoutes(): string[] {
  return apiRouter({} as Services).stack.flatMap(({ route }) =>
    (route?.stack ?? [])
      .filter(({ method }) => method)
      .map(({ method }) => `${method.toUpperCase()} ${route?.path.replaceAll(/:(\w+)/g, '{$1}')}`),
  )
}

function operations(): [route: string, operation: oas31.OperationObject][] {
  return Object.entries(description.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, oas31.OperationObject] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  )
}

const operation = (name: OperationName) => operations().find(([, { operationId }]) => operationId === name)?.[1]

describe('the description of the API', () => {
  test('is OpenAPI 3.1 by its own rules', async () => {
    expect(await new Validator().validate({ ...description })).toEqual({ valid: true })
    expect(description.openapi).toBe('3.1.1')
  })

  test('tells of every route there is, and of no other', () => {
    expect(answeredRoutes().length).toBeGreaterThan(3)
    expect(
      operations()
        .map(([route]) => route)
        .sort(),
    ).toEqual(answeredRoutes().sort())
  })

  test('tells of each operation who may, how to get in, and how it is refused', () => {
    expect(description.security).toEqual([{ token: [] }, { session: [] }])
    expect(description.components?.securitySchemes).toMatchObject({ token: { type: 'http', scheme: 'bearer' } })
    for (const [route, { operationId, summary, responses = {}, ...more }] of operations()) {
      const { role } = ROUTES[operationId as OperationName]
      expect([route, more['x-role'], more.description]).toEqual([route, role, expect.stringContaining(role)])
      expect([route, summary]).not.toEqual([route, ''])
      expect([route, Object.keys(responses)]).toEqual([
        route,
        expect.arrayContaining(['400', '401', '403', '429', '503', 'default']),
      ])
    }
    const refused = description.components?.responses?.NotFound
    expect(refused).toMatchObject({
      headers: { 'X-Request-Id': {} },
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    })
  })

  test('says what each setting of a dataflow is, and gives an example that is one', () => {
    const body = operation('createDataflow')?.requestBody as oas31.RequestBodyObject
    const schema = body.content['application/json']?.schema as oas31.SchemaObject
    for (const [name, setting] of Object.entries(schema.properties ?? {})) {
      expect([name, setting.description]).toEqual([name, expect.stringMatching(/\.$/)])
    }
    expect(() => createInput.parse(schema.example)).not.toThrow()
  })

  test('names the headers that go in and out', () => {
    expect(operation('showDataflow')?.responses?.['200']?.headers).toHaveProperty('ETag')
    expect(operation('requestRun')?.parameters).toContainEqual(
      expect.objectContaining({ in: 'header', name: 'Idempotency-Key' }),
    )
    expect(operation('requestRun')?.responses).toMatchObject({ 202: { headers: { 'X-Request-Id': {} } }, 413: {} })
  })
})

describe('its page', () => {
  test('shows every operation with a command that calls it, without an inline script', async () => {
    const response = await visit('/api/docs')
    const html = await response.text()
    for (const name of Object.keys(ROUTES)) expect(html).toContain(`<article id="${name}">`)
    expect(html).toContain('$POOLKEEPER_URL/api/v1/dataflows/CustomerPool/runs')
    expect(html).not.toMatch(/<script>|\son\w+=|style=/)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  test('leads nowhere that is not there', async () => {
    const html = await (await visit('/api/docs')).text()
    const anchors = [...html.matchAll(/href="#(\w+)"/g)].map(([, anchor]) => anchor)
    expect(anchors).toContain('Problem')
    for (const anchor of anchors) expect(html).toContain(`id="${anchor}"`)
  })
})
