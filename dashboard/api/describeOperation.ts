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
    responses: { ...answerOf(route, schemas), ...refusalsOf(route, schemas) },
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

/** The media types that an operation answers with. */
const MEDIA_TYPES = {
  json: ['application/json'],
  events: ['text/event-stream'],
  text: ['text/csv', 'application/x-ndjson'],
} as const

const FILE_NAME = z.string().meta({ description: 'What to save it as.' })

function answerOf({ streams }: Route, { status, output, versioned }: OperationSchemas) {
  const code: keyof typeof ANSWERS = status ?? 200
  const headers = { ...(versioned && { ETag: ETAG }), ...(streams === 'text' && { 'Content-Disposition': FILE_NAME }) }
  const content = Object.fromEntries(MEDIA_TYPES[streams ?? 'json'].map((type) => [type, { schema: output }]))
  return {
    [`${code}` as const]: {
      description: ANSWERS[code],
      headers: headersWith(headers),
      ...(code !== 204 && { content }),
    },
  }
}
