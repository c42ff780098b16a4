import type { Command } from 'commander'
import type { Output } from '../../api/contract.ts'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'

interface FailuresOptions {
  readonly since?: string
  readonly until?: string
  readonly json?: boolean
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command('failures')
    .description('Show why runs failed or are held, by cause: what needs a person first')
    .argument('[name]', 'the dataflow')
    .option('--since <instant>', 'requested then or later: 2026-11-24, or 2026-11-24T02:30:00Z')
    .option('--until <instant>', 'requested before')
    .option('--json', 'print JSON on stdout')
    .action((name: string | undefined, options: FailuresOptions) => failures(context, name, options))
  examples(command, 'poolkeeper failures', 'poolkeeper failures --since 2026-11-01 --json')
}

async function failures(
  { config, output }: CommandContext,
  name: string | undefined,
  { json, ...range }: FailuresOptions,
): Promise<void> {
  const { withOperations } = await import('../operations.ts')
  const query = { ...(name !== undefined && { dataflow: name }), ...range }
  const { items } = await withOperations(config, (perform) => perform('listFailures', query))
  if (json) return output.json(items)
  if (items.length === 0) return output.line('No run failed, and none is held.')
  output.table(
    ['Cause', 'Needs', 'Runs', 'Still so', 'What happened last'],
    items.map((failure) => [failure.cause, failure.needs, failure.runs, standing(failure), failure.description ?? '']),
  )
}

function standing({ standing, dataflowsStanding }: Output<'listFailures'>['items'][number]): string {
  const named = standing.map(({ dataflow, run }) => `${dataflow} (run ${run})`)
  const others = dataflowsStanding - named.length
  return [...named, ...(others > 0 ? [`${others} more`] : [])].join('\n')
}
