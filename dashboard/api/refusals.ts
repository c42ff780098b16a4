import { z } from 'zod'
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi'
import type { OperationSchemas } from '../../src/api/operation.ts'
import { problem } from '../../src/api/problem.ts'
import type { Route } from '../../src/api/routes.ts'

/** In every answer, whatever it is. */
export const REQUEST_ID = z.string().meta({
  description: 'Names the request in the log and in the audit log. One that you send is kept.',
  header: { id: 'RequestId' },
})

const RETRY_AFTER = z.int().meta({ description: 'Seconds to wait.', header: { id: 'RetryAfter' } })

/** The headers of an answer. */
export const headersWith = (headers: Readonly<Record<string, z.ZodType>> = {}) =>
  z.object({ 'X-Request-Id': REQUEST_ID, ...headers })

function refusal(id: string, description: string, headers = headersWith()): ZodOpenApiResponseObject {
  return { id, description, headers, content: { 'application/problem+json': { schema: problem } } }
}

const BAD_INPUT = refusal('BadInput', 'Something in the request is wrong; `detail` names all of it at once.')
const UNAUTHORIZED = refusal(
  'Unauthorized',
  'No token, or one that is revoked or expired.',
  headersWith({ 'WWW-Authenticate': z.string() }),
)
const FORBIDDEN = refusal('Forbidden', 'It takes a role that you do not have.')
const NOT_FOUND = refusal('NotFound', 'There is no such thing, or none that you may see.')
const CONFLICT = refusal('Conflict', 'It does not go together with what is there.')
const CHANGED = refusal('ChangedMeanwhile', 'Somebody has changed it since. Nothing was changed now; read it again.')
const TOO_LARGE = refusal('TooLarge', 'The body is larger than any that makes sense.')
const WRONG_TYPE = refusal('WrongContentType', 'The body is to be sent as application/json.')
const TOO_MANY = refusal(
  'TooManyRequests',
  'More requests than this token may make.',
  headersWith({ 'Retry-After': RETRY_AFTER }),
)
const AWAY = refusal('Unavailable', 'A server that it takes is away. Try again in a moment.')
const OTHER = refusal('Other', 'Anything else, such as a pool that refuses: `cause` says why.')

/** How an operation may be refused. */
export function refusalsOf({ method, path }: Route, { headers, body }: OperationSchemas): ZodOpenApiResponsesObject {
  return {
    400: BAD_INPUT,
    401: UNAUTHORIZED,
    403: FORBIDDEN,
    ...(path.includes('{') && { 404: NOT_FOUND }),
    ...(method !== 'get' && { 409: CONFLICT }),
    ...(headers?.shape.ifMatch && { 412: CHANGED }),
    ...(body && { 413: TOO_LARGE, 415: WRONG_TYPE }),
    429: TOO_MANY,
    503: AWAY,
    default: OTHER,
  }
}
