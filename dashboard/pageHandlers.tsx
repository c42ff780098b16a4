import type { RequestHandler } from 'express'
import { API } from '../src/api/routes.ts'
import { listOverviews } from '../src/dataflow/overview.ts'
import { OPENAPI } from './api/openapi.ts'
import { callerOf } from './caller.ts'
import { ApiDocsPage } from './pages/apiDocs.tsx'
import { DataflowsPage } from './pages/dataflows.tsx'
import { sendPage } from './render.ts'
import type { Services } from './services.ts'
import { surroundings } from './surroundings.ts'

export function showDataflows(services: Services): RequestHandler {
  return async (request, response) => {
    const dataflows = await listOverviews(services.db, callerOf(response).dataflows)
    sendPage(response, <DataflowsPage dataflows={dataflows} around={surroundings(services, request, response)} />)
  }
}

/** Where the API describes itself, to programs. */
export const OPENAPI_PATH = `${API}/openapi.json`

export const sendOpenApi: RequestHandler = (_request, response) => {
  response.json(OPENAPI)
}

export function showApiDocs(services: Services): RequestHandler {
  return (request, response) => {
    const around = surroundings(services, request, response)
    sendPage(response, <ApiDocsPage description={OPENAPI} address={OPENAPI_PATH} around={around} />)
  }
}
