import { z } from 'zod'
import type { ZodOpenApiOperationObject } from 'zod-openapi'
import { CONTRACT } from '../../src/api/contract.ts'
import { HEADERS } from '../../src/api/headers.ts'
import { type OperationSchemas, paramsOf } from '../../src/api/operation.ts'
import { type OperationName, ROUTES, type Route } from '../../src/api/routes.ts'
import { headersWith, refusalsOf } from './refusals.ts'

const ETAG = z.string().meta({
  description: 'Its version. Send it back as If-Match, so that you change nothing that you have not seen.',
  example: '"3"',
  header: { id: 'ETag' },
})

/** An operation in OpenAPI's words. */
export function describeOperation(name: OperationName): ZodOpenApiOperationObject {
  const route: Route = ROUTES[name]
  const schemas: OperationSchemas = CONTRACT[name]
  const { summary, description, query, headers, body } = schemas
  const header = headers && z.object(byHeader(headers.shape))
  return {
    operationId: name,
    tags: [route.path.split('/')[1] ?? ''],
    summary,
    description: [description, whoMay(route)].filter(Boolean).join(' '),
    'x-role': route.role,
    requestParams: { path: z.object(paramsOf(route.path)), ...(query && { query }), ...(header && { header }) },
    ...(body && { requestBody: bodyOf(body) }),
    responses: { ...answerOf(schemas), ...refusalsOf(route, schemas) },
  }
}

function whoMay({ role, everything }: Route): string {
  return `Takes the role ${role}${everything ? ', for all dataflows' : ''}.`
}

/** `{ ifMatch: … }` → `{ 'If-Match': … }` */
function byHeader(shape: NonNullable<OperationSchemas['headers']>['shape']): Record<string, z.ZodType> {
  return Object.fromEntries(
    Object.entries(shape).map(([field, schema]) => [HEADERS[field as keyof typeof HEADERS], schema]),
  )
}

function bodyOf(schema: z.ZodType): ZodOpenApiOperationObject['requestBody'] {
  return { content: { 'application/json': { schema } }, required: !schema.safeParse(undefined).success }
}

const ANSWERS = {
  200: 'What was asked for.',
  201: 'It was made.',
  202: 'It was accepted.',
  204: 'It is done.',
} as const

function answerOf({ status, output }: OperationSchemas): ZodOpenApiOperationObject['responses'] {
  const code: keyof typeof ANSWERS = status ?? 200
  const hasVersion = output instanceof z.ZodObject && 'version' in output.shape
  return {
    [`${code}` as const]: {
      description: ANSWERS[code],
      headers: headersWith(hasVersion ? { ETag: ETAG } : {}),
      ...(code !== 204 && { content: { 'application/json': { schema: output } } }),
    },
  }
}
