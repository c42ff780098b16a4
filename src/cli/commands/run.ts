import { type Command, Option } from 'commander'
import type { Priority } from '../../db/schema/runs.ts'
import { collect } from '../collect.ts'
import type { CommandContext } from '../context.ts'
import { person } from '../person.ts'

interface RunOptions {
  readonly wait?: boolean
  readonly dryRun?: boolean
  readonly table?: readonly string[]
  readonly priority: Priority
  readonly json?: boolean
}

export function register(program: Command, context: CommandContext): void {
  program
    .command('run <name>')
    .description('Request a run of a dataflow')
    .option('--wait', 'follow it to its end; the exit code is 0 only if it succeeded')
    .option(
      '--table <table>',
      'read only this one; repeat it for more; the others keep the rows that readers see',
      collect,
    )
    .option('--dry-run', 'read everything, say what would come of it, and publish nothing')
    .addOption(
      new Option('--priority <priority>', 'how much of a quota it gets that others want as well, 4 to 1')
        .choices(['ad-hoc', 'nightly'] satisfies Priority[])
        .default('ad-hoc'),
    )
    .option('--json', 'print JSON on stdout')
    .action((name: string, options: RunOptions) => run(context, name, options))
}

async function run(
  { config, output }: CommandContext,
  name: string,
  { wait, dryRun = false, table: tables, priority, json }: RunOptions,
): Promise<void> {
  const [
    { withDatabase },
    { findDataflow },
    { requestRun },
    { findRun },
    { followRun },
    { endingOf, printRun, stateOf, succeeded },
  ] = await Promise.all([
    import('../context.ts'),
    import('../../dataflow/dataflow.ts'),
    import('../../run/request.ts'),
    import('../../run/history.ts'),
    import('../progress.ts'),
    import('../runReport.ts'),
  ])
  await withDatabase(config, async (db) => {
    const dataflow = await findDataflow(db, name)
    const request = { dryRun, priority, ...(tables && { tables }), trigger: 'manual', requestedBy: person() } as const
    const { id } = await requestRun(db, { ...request, dataflowId: dataflow.id })
    const record = wait ? await followRun(db, id) : await findRun(db, id)
    if (json) output.json(record)
    else if (wait) printRun(output, record)
    else
      output.line(
        `${record.dataflow}, run ${id}: ${stateOf(record)}. Follow it with \`poolkeeper history ${record.dataflow}\`.`,
      )
    if (record.state === 'skipped' || (wait && !succeeded(record))) {
      output.error(endingOf(record))
      process.exitCode = 1
    }
  })
}
