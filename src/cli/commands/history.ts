import { type Command, Option } from 'commander'
import type { RunRecord } from '../../run/history.ts'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'
import { wholeNumber } from '../wholeNumber.ts'

interface Filters {
  readonly state?: string
  readonly cause?: string
  readonly trigger?: string
  readonly since?: string
  readonly until?: string
}

interface HistoryOptions extends Filters {
  readonly limit: number
  readonly format?: 'csv' | 'ndjson'
  readonly json?: boolean
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command('history')
    .description('Show the runs of a dataflow, or of all, newest first')
    .argument('[name]', 'the dataflow')
    .option('--state <states>', 'only these, after commas: failed,held')
    .option('--cause <causes>', 'only those that ended for these reasons, such as permission-missing')
    .option('--trigger <triggers>', 'only these: schedule, manual, queue, api, retry')
    .option('--since <instant>', 'requested then or later: 2026-11-24, or 2026-11-24T02:30:00Z')
    .option('--until <instant>', 'requested before')
    .option('--limit <n>', 'how many runs', wholeNumber('a number of runs, 1 or more'), 20)
    .addOption(new Option('--format <format>', 'write all of them to stdout, as a file').choices(['csv', 'ndjson']))
    .option('--json', 'print JSON on stdout')
    .action((name: string | undefined, options: HistoryOptions) => history(context, name, options))
  examples(
    command,
    'poolkeeper history',
    'poolkeeper history CustomerPool --state failed,held --since 2026-11-01 --json',
    'poolkeeper history --since 2026-11-01 --format csv > runs.csv',
  )
}

async function history(
  { config, output }: CommandContext,
  name: string | undefined,
  { limit, json, format, ...filters }: HistoryOptions,
): Promise<void> {
  const [{ withOperations }, { listed }, { describeRequests, stateOf }] = await Promise.all([
    import('../operations.ts'),
    import('../listed.ts'),
    import('../runReport.ts'),
  ])
  if (format) {
    const query = { ...(name !== undefined && { dataflow: name }), ...filters, format }
    return withOperations(config, async (perform) => output.file((await perform('exportRuns', query)).chunks))
  }
  const runs = await withOperations(config, (perform) =>
    name === undefined
      ? listed(perform, 'listRuns', filters, limit)
      : listed(perform, 'listDataflowRuns', { name, ...filters }, limit),
  )
  if (json) return output.json(runs)
  if (runs.length === 0) return output.line(nothingFound(filters))
  output.table(
    ['Run', 'Dataflow', 'State', 'Trigger', 'By', 'Started', 'Seconds', 'Rows (+ − ~)', 'Requests', 'Description'],
    // of many dataflows the notes would hide what happened
    runs.map((run) => [
      ...cells(run, stateOf(run)),
      describeRequests(run),
      inWords(run, name === undefined ? [] : run.notes),
    ]),
  )
}

function nothingFound(filters: Filters): string {
  return Object.keys(filters).length > 0
    ? 'No run is like that.'
    : 'No runs yet. Request one with `poolkeeper run NAME --wait`.'
}

function cells(run: RunRecord, state: string): (string | number)[] {
  return [
    run.run,
    run.dataflow,
    state,
    run.trigger,
    run.requestedBy,
    run.startedAt?.replace('T', ' ').slice(0, 19) ?? '',
    run.seconds ?? '',
    run.tables.map((t) => `${t.table} ${t.rows} (+${t.added} −${t.removed} ~${t.changed})`).join('\n'),
  ]
}

function inWords({ description }: RunRecord, notes: readonly string[]): string {
  return [...(description === null ? [] : [description]), ...notes].join('\n')
}
