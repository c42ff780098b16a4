import type { RequestHandler } from 'express'
import { API } from '../src/api/routes.ts'
import { listOverviews } from '../src/dataflow/overview.ts'
import { findRun, listRuns } from '../src/run/history.ts'
import { runProgress } from '../src/run/progress.ts'
import { OPENAPI } from './api/openapi.ts'
import { callerOf } from './caller.ts'
import { HttpError } from './httpError.ts'
import { ApiDocsPage } from './pages/apiDocs.tsx'
import { DataflowsPage } from './pages/dataflows.tsx'
import { RunPage } from './pages/run.tsx'
import { RunsPage } from './pages/runs.tsx'
import { sendPage } from './render.ts'
import type { Services } from './services.ts'
import { surroundings } from './surroundings.ts'

export function showDataflows(services: Services): RequestHandler {
  return async (request, response) => {
    const dataflows = await listOverviews(services.db, callerOf(response).dataflows)
    sendPage(response, <DataflowsPage dataflows={dataflows} around={await surroundings(services, request, response)} />)
  }
}

export function showRuns(services: Services): RequestHandler {
  return async (request, response) => {
    const runs = await listRuns(services.db, { visible: callerOf(response).dataflows })
    sendPage(response, <RunsPage runs={runs} around={await surroundings(services, request, response)} />)
  }
}

export function showRun(services: Services): RequestHandler {
  return async (request, response) => {
    const id = runId(String(request.params.id))
    const run = await findRun(services.db, id, callerOf(response).dataflows)
    const progress = await runProgress(services.db, id)
    sendPage(
      response,
      <RunPage run={run} progress={progress} around={await surroundings(services, request, response)} />,
    )
  }
}

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

/** At most 15 digits: what Postgres and JavaScript both hold exactly. */
function runId(text: string): number {
  if (!/^[1-9][0-9]{0,14}$/.test(text)) throw new HttpError(404, 'A run is named by its number.')
  return Number(text)
}
