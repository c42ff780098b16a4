import type { RequestHandler } from 'express'
import { API } from '../src/api/routes.ts'
import { OPENAPI } from './api/openapi.ts'
import { ApiDocsPage } from './pages/apiDocs.tsx'
import { sendPage } from './render.ts'
import type { Services } from './services.ts'
import { surroundings } from './surroundings.ts'

/** Where the API describes itself, to programs. */
export const OPENAPI_PATH = `${API}/openapi.json`

export const sendOpenApi: RequestHandler = (_request, response) => {
  response.json(OPENAPI)
}

export function showApiDocs(services: Services): RequestHandler {
  return async (request, response) => {
    const around = await surroundings(services, request, response)
    sendPage(response, <ApiDocsPage description={OPENAPI} address={OPENAPI_PATH} around={around} />)
  }
}
