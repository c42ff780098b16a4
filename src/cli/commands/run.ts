import { type Command, Option } from 'commander'
import type { Priority } from '../../db/schema/runs.ts'
import { collect } from '../collect.ts'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'

interface RunOptions {
  readonly wait?: boolean
  readonly dryRun?: boolean
  readonly table?: readonly string[]
  readonly priority: Priority
  readonly json?: boolean
}

export function register(program: Command, context: CommandContext): void {
  const command = program
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
  examples(command, 'poolkeeper run CustomerPool', 'poolkeeper run CustomerPool --wait --json | jq .tables')
}

async function run(
  { config, output }: CommandContext,
  name: string,
  { wait, dryRun = false, table: tables, priority, json }: RunOptions,
): Promise<void> {
  const [{ randomUUID }, { withOperations }, { followRun }, { printRun, refuseOtherEnding, stateOf }] =
    await Promise.all([
      import('node:crypto'),
      import('../operations.ts'),
      import('../progress.ts'),
      import('../runReport.ts'),
    ])
  await withOperations(config, async (perform) => {
    // with a key the request may be sent again where nobody knows what became of the first
    const request = {
      name,
      idempotencyKey: randomUUID(),
      body: { dryRun, priority, ...(tables && { tables: [...tables] }) },
    }
    const requested = await perform('requestRun', request)
    const record = wait ? await followRun(perform, requested.run) : requested
    if (json) output.json(record)
    else if (wait) printRun(output, record)
    else
      output.line(
        `${record.dataflow}, run ${record.run}: ${stateOf(record)}. Follow it with \`poolkeeper watch ${record.run}\`.`,
      )
    if (wait || record.state === 'skipped') refuseOtherEnding(record)
  })
}
