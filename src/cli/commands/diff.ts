import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'
import { runNumber } from '../wholeNumber.ts'

interface DiffOptions {
  readonly from?: number
  readonly to?: number
  readonly json?: boolean
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command('diff <name>')
    .description('Count what differs between two kept snapshots, table by table and column by column')
    .option('--from <run>', 'the earlier one (default: the one before --to)', runNumber)
    .option('--to <run>', 'the later one (default: the published one)', runNumber)
    .option('--json', 'print JSON on stdout')
    .action((name: string, options: DiffOptions) => diff(context, name, options))
  examples(command, 'poolkeeper diff CustomerPool', 'poolkeeper diff CustomerPool --from 7 --to 12 --json')
}

async function diff({ config, output }: CommandContext, name: string, { json, ...pair }: DiffOptions): Promise<void> {
  const { withOperations } = await import('../operations.ts')
  const found = await withOperations(config, (perform) => perform('diffSnapshots', { name, ...pair }))
  if (json) return output.json(found)
  output.line(`${found.dataflow}: from run ${found.from} to run ${found.to}`)
  output.table(
    ['Table', 'Rows', 'Added', 'Removed', 'Changed', 'Columns'],
    found.tables.map((t) => [t.table, t.rows, t.added, t.removed, t.changed, describeColumns(t.columns)]),
  )
}

/** "email 41, status 3" */
function describeColumns(columns: readonly { readonly column: string; readonly changed: number }[]): string {
  return columns.map(({ column, changed }) => `${column} ${changed}`).join(', ')
}
