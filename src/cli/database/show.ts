import type { TableName } from '../commands/database.ts'
import type { CommandContext } from '../context.ts'
import { withOperations } from '../operations.ts'

interface JsonOption {
  readonly json?: boolean
}

/** `database list`. */
export async function list({ config, output }: CommandContext, { json }: JsonOption): Promise<void> {
  const { items } = await withOperations(config, (perform) => perform('listDatabases', {}))
  if (json) return output.json(items)
  if (items.length === 0) return output.line('No tables yet. Make a dataflow with `poolkeeper dataflow create`.')
  output.table(
    ['Table', 'Rows', 'Size', 'Purpose', 'Run', 'What it holds'],
    items.flatMap(({ schema, snapshot, tables }) =>
      tables.map(({ table, rows, bytes, purpose, comment }) => [
        ...[`${schema}.${table}`, figure(rows), size(bytes), purpose ?? UNKNOWN, snapshot ?? UNKNOWN, comment],
      ]),
    ),
  )
}

/** `database show`. */
export async function show({ config, output }: CommandContext, name: TableName, { json }: JsonOption): Promise<void> {
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

const UNKNOWN = '–'

function figure(value: number | null): string {
  return value === null ? UNKNOWN : value.toLocaleString('en')
}

function size(bytes: number | null): string {
  if (bytes === null) return UNKNOWN
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} kB` : `${Math.ceil(bytes / 1024 / 1024)} MB`
}
