import type { RequestHandler } from 'express'
import { API } from '../src/api/routes.ts'
import { listOverviews } from '../src/dataflow/overview.ts'
import { findRun, listRuns } from '../src/run/history.ts'
import { runProgress } from '../src/run/progress.ts'
import { OPENAPI } from './api/openapi.ts'
import { HttpError } from './httpError.ts'
import { ApiDocsPage } from './pages/apiDocs.tsx'
import { DataflowsPage } from './pages/dataflows.tsx'
import type { Surroundings } from './pages/layout.tsx'
import { RunPage } from './pages/run.tsx'
import { RunsPage } from './pages/runs.tsx'
import { sendPage } from './render.ts'
import type { Services } from './services.ts'

const surroundings = ({ redis }: Services): Surroundings => ({
  now: new Date(),
  redisWell: redis.status === 'ready',
})

export function showDataflows(services: Services): RequestHandler {
  return async (_request, response) => {
    const dataflows = await listOverviews(services.db)
    sendPage(response, <DataflowsPage dataflows={dataflows} around={surroundings(services)} />)
  }
}

export function showRuns(services: Services): RequestHandler {
  return async (_request, response) => {
    const runs = await listRuns(services.db)
    sendPage(response, <RunsPage runs={runs} around={surroundings(services)} />)
  }
}

export function showRun(services: Services): RequestHandler {
  return async (request, response) => {
    const id = runId(String(request.params.id))
    const [run, progress] = await Promise.all([findRun(services.db, id), runProgress(services.db, id)])
    sendPage(response, <RunPage run={run} progress={progress} around={surroundings(services)} />)
  }
}

/** Where the API describes itself, to programs. */
export const OPENAPI_PATH = `${API}/openapi.json`

export const sendOpenApi: RequestHandler = (_request, response) => {
  response.json(OPENAPI)
}

export function showApiDocs(services: Services): RequestHandler {
  return (_request, response) => {
    sendPage(response, <ApiDocsPage description={OPENAPI} address={OPENAPI_PATH} around={surroundings(services)} />)
  }
}

/** At most 15 digits: what Postgres and JavaScript both hold exactly. */
function runId(text: string): number {
  if (!/^[1-9][0-9]{0,14}$/.test(text)) throw new HttpError(404, 'A run is named by its number.')
  return Number(text)
}
