import { faultsAmong } from '../../cognito/connect.ts'
import { previewRun } from '../../cognito/preview.ts'
import { findDataflow } from '../../dataflow/dataflow.ts'
import { withPool } from '../connection.ts'
import { type CommandContext, withDatabase } from '../context.ts'
import { printPreview } from './report.ts'

interface PreviewOptions {
  readonly json?: boolean
}

/** `preview`. */
export async function preview(
  { config, output }: CommandContext,
  name: string,
  { json }: PreviewOptions,
): Promise<void> {
  const found = await withDatabase(config, async (db, servers) => {
    const dataflow = await findDataflow(db, name)
    return withPool(db, servers, dataflow, (pool, ceilings) => previewRun(pool, dataflow.tables, ceilings.of))
  })
  if (json) output.json(found)
  else printPreview(output, found)
  const refused = faultsAmong(found.checks).map(({ description }) => description)
  if (refused.length === 0) return
  output.error(refused.join(' '))
  process.exitCode = 1
}
