import type { Output } from '../../api/contract.ts'
import type { TableName } from '../commands/database.ts'
import type { CommandContext } from '../context.ts'
import { listed } from '../listed.ts'
import { withOperations } from '../operations.ts'
import type { Output as Printer } from '../output.ts'

interface JsonOption {
  readonly json?: boolean
}

/** `database list`. */
export async function list({ config, output }: CommandContext, { json }: JsonOption): Promise<void> {
  const items = await withOperations(config, (perform) => listed(perform, 'listDatabases', {}))
  if (json) return output.json(items)
  if (items.length === 0) return output.line('No tables yet. Make a dataflow with `poolkeeper dataflow create`.')
  printTables(output, items)
}

/** `database show` of a schema. */
export async function showSchema(
  { config, output }: CommandContext,
  schema: string,
  { json }: JsonOption,
): Promise<void> {
  const database = await withOperations(config, (perform) => perform('showDatabase', { schema }))
  if (json) output.json(database)
  else printTables(output, [database])
}

/** `database show` of a table. */
export async function showTable(
  { config, output }: CommandContext,
  name: TableName,
  { json }: JsonOption,
): Promise<void> {
  const table = await withOperations(config, (perform) => perform('showTable', { ...name }))
  if (json) return output.json(table)
  output.line(`${table.schema}.${table.table}, of ${table.dataflow}: ${table.comment}`)
  output.line(`Rows: ${figure(table.rows)}, ${size(table.bytes)}. Key: ${table.key.join(', ')}.`)
  output.table(
    ['Column', 'Type', 'Personal', 'Treatment', 'You see', 'What it holds'],
    table.columns.map(({ name, type, personal, treatment, masked, comment }) => [
      ...[name, type, personal, treatment, masked ? 'masked' : 'as it is', comment],
    ]),
  )
}

function printTables(output: Printer, databases: readonly Output<'showDatabase'>[]): void {
  output.table(
    ['Table', 'Rows', 'Size', 'Purpose', 'Run', 'What it holds'],
    databases.flatMap(({ schema, snapshot, tables }) =>
      tables.map(({ table, rows, bytes, purpose, comment }) => [
        ...[`${schema}.${table}`, figure(rows), size(bytes), purpose ?? UNKNOWN, snapshot ?? UNKNOWN, comment],
      ]),
    ),
  )
}

const UNKNOWN = '–'

function figure(value: number | null): string {
  return value === null ? UNKNOWN : value.toLocaleString('en')
}

function size(bytes: number | null): string {
  if (bytes === null) return UNKNOWN
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} kB` : `${Math.ceil(bytes / 1024 / 1024)} MB`
}
