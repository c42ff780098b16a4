import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'
import { runNumber } from '../wholeNumber.ts'

interface JsonOption {
  readonly json?: boolean
}

/** `show RUN` and `watch RUN`: one run, as it is and up to its end. */
export function register(program: Command, context: CommandContext): void {
  const show = program
    .command('show')
    .description('Show a run: how it stands or ended, and its figures table by table')
    .argument('<run>', 'the number of the run', runNumber)
    .option('--json', 'print the run as JSON on stdout')
    .action((run: number, options: JsonOption) => showRun(context, run, options))
  examples(show, 'poolkeeper show 12', 'poolkeeper show 12 --json | jq .cause')

  const watch = program
    .command('watch')
    .description('Follow a run to its end; the exit code is 0 only if it succeeded')
    .argument('<run>', 'the number of the run', runNumber)
    .option('--json', 'print the run as JSON on stdout, once it has ended')
    .action((run: number, options: JsonOption) => watchRun(context, run, options))
  examples(watch, 'poolkeeper watch 12')
}

async function showRun({ config, output }: CommandContext, run: number, { json }: JsonOption): Promise<void> {
  const [{ withOperations }, { printRun }] = await Promise.all([import('../operations.ts'), import('../runReport.ts')])
  const found = await withOperations(config, (perform) => perform('showRun', { run }))
  if (json) return output.json(found)
  printRun(output, found)
}

async function watchRun({ config, output }: CommandContext, run: number, { json }: JsonOption): Promise<void> {
  const [{ withOperations }, { followRun }, { printRun, refuseOtherEnding }] = await Promise.all([
    import('../operations.ts'),
    import('../progress.ts'),
    import('../runReport.ts'),
  ])
  const ended = await withOperations(config, (perform) => followRun(perform, run))
  if (json) output.json(ended)
  else printRun(output, ended)
  refuseOtherEnding(ended)
}
