import { findDataflow } from '../../dataflow/dataflow.ts'
import { listOverviews, overviewOf } from '../../dataflow/overview.ts'
import { type CommandContext, withDatabase } from '../context.ts'
import { printDataflow, printOverviews } from './report.ts'

interface ShowOptions {
  readonly json?: boolean
}

/** `dataflow list`. */
export async function list({ config, output }: CommandContext, { json }: ShowOptions): Promise<void> {
  const overviews = await withDatabase(config, (db) => listOverviews(db))
  if (json) output.json(overviews)
  else if (overviews.length > 0) printOverviews(output, overviews)
  else output.line('No dataflows yet. Make one with `poolkeeper dataflow create NAME --pool-id ID`.')
}

/** `dataflow show`. */
export async function show({ config, output }: CommandContext, name: string, { json }: ShowOptions): Promise<void> {
  const overview = await withDatabase(config, async (db) => overviewOf(db, await findDataflow(db, name)))
  if (json) output.json(overview)
  else printDataflow(output, overview)
}
