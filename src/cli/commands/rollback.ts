import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'
import { runNumber } from '../wholeNumber.ts'

interface RollbackOptions {
  readonly to?: number
  readonly from?: number
  readonly keepSchedule?: boolean
  readonly json?: boolean
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command('rollback <name>')
    .description('Publish an earlier snapshot again, for all tables at once; back or forward among those kept')
    .option('--to <run>', 'the run whose snapshot to show (default: the one before the published one)', runNumber)
    .option('--from <run>', 'the run that you have seen published: refused if it is another one by now', runNumber)
    .option('--keep-schedule', 'let the schedule go on; the next scheduled run then publishes anew')
    .option('--json', 'print JSON on stdout')
    .action((name: string, options: RollbackOptions) => rollBack(context, name, options))
  examples(command, 'poolkeeper rollback CustomerPool', 'poolkeeper rollback CustomerPool --to 12 --keep-schedule')
}

async function rollBack(
  { config, output }: CommandContext,
  name: string,
  { json, ...body }: RollbackOptions,
): Promise<void> {
  const { withOperations } = await import('../operations.ts')
  const rolled = await withOperations(config, (perform) => perform('rollback', { name, body }))
  if (json) return output.json(rolled)
  const { dataflow, from, to, schedulePaused } = rolled
  output.line(`${dataflow} shows run ${to} again (it showed run ${from}).`)
  output.line(`Take it back with \`poolkeeper rollback ${dataflow} --to ${from}\`.`)
  if (schedulePaused) {
    output.line(
      `Its schedule is paused, so that the next run doesn't undo this. Resume it with \`poolkeeper dataflow edit ${dataflow} --resume\`.`,
    )
  }
}
