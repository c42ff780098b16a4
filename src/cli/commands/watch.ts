import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'
import { runNumber } from '../wholeNumber.ts'

interface JsonOption {
  readonly json?: boolean
}

/** `show RUN`, `log RUN` and `watch RUN`: one run, as it is, what happened in it, and up to its end. */
export function register(program: Command, context: CommandContext): void {
  const show = program
    .command('show')
    .description('Show a run: how it stands or ended, and its figures table by table')
    .argument('<run>', 'the number of the run', runNumber)
    .option('--json', 'print the run as JSON on stdout')
    .action((run: number, options: JsonOption) => showRun(context, run, options))
  examples(show, 'poolkeeper show 12', 'poolkeeper show 12 --json | jq .cause')

  const log = program
    .command('log')
    .description('Show what happened in a run, line by line')
    .argument('<run>', 'the number of the run', runNumber)
    .option('--json', 'print JSON on stdout')
    .action((run: number, options: JsonOption) => showLog(context, run, options))
  examples(log, 'poolkeeper log 12')

  const watch = program
    .command('watch')
    .description('Follow a run to its end; the exit code is 0 only if it succeeded')
    .argument('<run>', 'the number of the run', runNumber)
    .option('--json', 'print the run as JSON on stdout, once it has ended')
    .action((run: number, options: JsonOption) => watchRun(context, run, options))
  examples(watch, 'poolkeeper watch 12')
}

async function showRun({ config, output }: CommandContext, run: number, { json }: JsonOption): Promise<void> {
  const [{ withOperations }, { printOutlook, printRun }] = await Promise.all([
    import('../operations.ts'),
    import('../runReport.ts'),
  ])
  await withOperations(config, async (perform) => {
    const found = await perform('showRun', { run })
    if (json) return output.json(found)
    printRun(output, found)
    if (found.state === 'streaming') printOutlook(output, await perform('showProgress', { run }))
  })
}

async function showLog({ config, output }: CommandContext, run: number, { json }: JsonOption): Promise<void> {
  const { withOperations } = await import('../operations.ts')
  const { items } = await withOperations(config, (perform) => perform('listRunLog', { run }))
  if (json) return output.json(items)
  if (items.length === 0) return output.line('Nothing is written down of this run.')
  output.table(
    ['At', '', 'What happened'],
    items.map(({ at, level, message }) => [at.replace('T', ' ').slice(0, 19), level === 'warning' ? '!' : '', message]),
  )
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
