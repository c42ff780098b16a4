import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { runNumber } from '../runNumber.ts'

interface DiffOptions {
  readonly from?: number
  readonly to?: number
  readonly json?: boolean
}

export function register(program: Command, context: CommandContext): void {
  program
    .command('diff <name>')
    .description('Count what differs between two kept snapshots, table by table')
    .option('--from <run>', 'the earlier one (default: the one before --to)', runNumber)
    .option('--to <run>', 'the later one (default: the published one)', runNumber)
    .option('--json', 'print JSON on stdout')
    .action((name: string, options: DiffOptions) => diff(context, name, options))
}

async function diff({ config, output }: CommandContext, name: string, { json, ...pair }: DiffOptions): Promise<void> {
  const [{ withDatabase }, { findDataflow }, { compareSnapshots }] = await Promise.all([
    import('../context.ts'),
    import('../../dataflow/dataflow.ts'),
    import('../../snapshot/diff.ts'),
  ])
  await withDatabase(config, async (db) => {
    const dataflow = await findDataflow(db, name)
    const { from, to, tables } = await compareSnapshots(db, dataflow, pair)
    if (json) return output.json({ dataflow: dataflow.name, from, to, tables })
    output.line(`${dataflow.name}: from run ${from} to run ${to}`)
    output.table(
      ['Table', 'Rows', 'Added', 'Removed', 'Changed'],
      tables.map((t) => [t.table, t.rows, t.added, t.removed, t.changed]),
    )
  })
}
