import type { TableName } from '../commands/database.ts'
import type { CommandContext } from '../context.ts'
import { listed } from '../listed.ts'
import { withOperations } from '../operations.ts'
import { printSample } from '../sample.ts'

interface FilterOption {
  readonly filter?: readonly string[]
}

interface RowsOptions extends FilterOption {
  readonly sort?: string
  readonly limit: number
  readonly json?: boolean
}

/** `database rows`. */
export async function show(
  { config, output }: CommandContext,
  name: TableName,
  { filter = [], sort, limit, json }: RowsOptions,
): Promise<void> {
  const query = { ...name, filter: [...filter], ...(sort !== undefined && { sort }) }
  const rows = await withOperations(config, (perform) => listed(perform, 'listRows', query, limit))
  if (json) output.json(rows)
  else if (rows.length > 0) printSample(output, Object.keys(rows[0] ?? {}), rows)
  else output.line('There are no such rows.')
}

interface ExportOptions extends FilterOption {
  readonly format: 'csv' | 'ndjson'
  readonly json?: boolean
}

/** `database export`: the rows as they come, no faster than they are taken. */
export async function exportAll(
  { config, output }: CommandContext,
  name: TableName,
  { filter = [], format, json }: ExportOptions,
): Promise<void> {
  const query = { ...name, filter: [...filter], format: json ? ('ndjson' as const) : format }
  await withOperations(config, async (perform) => output.file((await perform('exportRows', query)).chunks))
}
