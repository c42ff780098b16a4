import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { person } from '../person.ts'
import { runNumber } from '../runNumber.ts'

interface RollbackOptions {
  readonly to?: number
  readonly keepSchedule?: boolean
  readonly json?: boolean
}

export function register(program: Command, context: CommandContext): void {
  program
    .command('rollback <name>')
    .description('Publish an earlier snapshot again, for all tables at once; back or forward among those kept')
    .option('--to <run>', 'the run whose snapshot to show (default: the one before the published one)', runNumber)
    .option('--keep-schedule', 'let the schedule go on; the next scheduled run then publishes anew')
    .option('--json', 'print JSON on stdout')
    .action((name: string, options: RollbackOptions) => rollBack(context, name, options))
}

async function rollBack({ config, output }: CommandContext, name: string, options: RollbackOptions): Promise<void> {
  const [{ withDatabase }, { findDataflow }, { rollback }] = await Promise.all([
    import('../context.ts'),
    import('../../dataflow/dataflow.ts'),
    import('../../snapshot/rollback.ts'),
  ])
  await withDatabase(config, async (db) => {
    const dataflow = await findDataflow(db, name)
    const { from, to, paused } = await rollback(db, {
      dataflow,
      by: person(),
      keepSchedule: options.keepSchedule ?? false,
      ...(options.to !== undefined && { to: options.to }),
    })
    if (options.json) return output.json({ dataflow: dataflow.name, from, to, schedulePaused: paused })
    output.line(`${dataflow.name} shows run ${to} again (it showed run ${from}).`)
    output.line(`Take it back with \`poolkeeper rollback ${dataflow.name} --to ${from}\`.`)
    if (paused) {
      output.line(
        `Its schedule is paused, so that the next run doesn't undo this. Resume it with \`poolkeeper dataflow edit ${dataflow.name} --resume\`.`,
      )
    }
  })
}
