import { faultsAmong } from '../../cognito/connect.ts'
import { previewRun } from '../../cognito/preview.ts'
import { findDataflow } from '../../dataflow/dataflow.ts'
import { withPool } from '../../operations/pool.ts'
import type { CommandContext } from '../context.ts'
import { Unsuccessful } from '../exitCode.ts'
import { withLocal } from '../local.ts'
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
  const found = await withLocal(config, async (context) => {
    const dataflow = await findDataflow(context.db, name)
    return withPool(context, dataflow, (pool, ceilings) => previewRun(pool, dataflow.tables, ceilings.of))
  })
  if (json) output.json(found)
  else printPreview(output, found)
  const refused = faultsAmong(found.checks).map(({ description }) => description)
  if (refused.length > 0) throw new Unsuccessful(refused.join(' '))
}
