import { type CreateDocumentOptions, createDocument, type oas31, type ZodOpenApiPathsObject } from 'zod-openapi'
import { API, type OperationName, ROUTES } from '../../src/api/routes.ts'
import { describeOperation } from './describeOperation.ts'

const ABOUT = [
  'Everything that the dashboard and the command line do, for programs.',
  'Send a token in the header `Authorization: Bearer …`; an admin makes one with `poolkeeper token create`.',
  'What you may not see does not exist for you.',
].join(' ')

const OF_A_BROWSER =
  'Of a browser that is signed in; `poolkeeper` without TLS. Every change takes the header X-CSRF-Token, or a form’s field, beside it.'

const SECURITY_SCHEMES = {
  token: { type: 'http', scheme: 'bearer', description: 'A token of `poolkeeper token create`.' },
  session: { type: 'apiKey', in: 'cookie', name: '__Host-poolkeeper', description: OF_A_BROWSER },
} as const satisfies Readonly<Record<string, oas31.SecuritySchemeObject>>

/** What zod writes down beside a whole number or an instant says nothing that their names don't. */
const withoutNoise: CreateDocumentOptions['override'] = ({ jsonSchema }) => {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
}

/** The API in OpenAPI 3.1: what stands in the contract, and nothing else. */
export const OPENAPI: oas31.OpenAPIObject = createDocument(
  {
    openapi: '3.1.1',
    info: { title: 'Poolkeeper', version: '1', description: ABOUT },
    servers: [{ url: API }],
    security: [{ token: [] }, { session: [] }],
    paths: describePaths(),
    components: { securitySchemes: SECURITY_SCHEMES },
  },
  { override: withoutNoise },
)

function describePaths(): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {}
  for (const name of Object.keys(ROUTES) as OperationName[]) {
    const { path, method } = ROUTES[name]
    paths[path] = { ...paths[path], [method]: describeOperation(name) }
  }
  return paths
}
