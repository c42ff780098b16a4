import { type Command, InvalidArgumentError } from 'commander'
import type { RunRecord } from '../../run/history.ts'
import type { CommandContext } from '../context.ts'

interface HistoryOptions {
  readonly limit: number
  readonly json?: boolean
}

export function register(program: Command, context: CommandContext): void {
  program
    .command('history')
    .description('Show the runs of a dataflow, or of all, newest first')
    .argument('[name]', 'the dataflow')
    .option('--limit <n>', 'how many runs', positive, 20)
    .option('--json', 'print JSON on stdout')
    .action((name: string | undefined, options: HistoryOptions) => history(context, name, options))
}

async function history(
  { config, output }: CommandContext,
  name: string | undefined,
  { limit, json }: HistoryOptions,
): Promise<void> {
  const [{ withDatabase }, { findDataflow }, { listRuns }, { describeRequests, stateOf }] = await Promise.all([
    import('../context.ts'),
    import('../../dataflow/dataflow.ts'),
    import('../../run/history.ts'),
    import('../runReport.ts'),
  ])
  await withDatabase(config, async (db) => {
    const dataflowId = name === undefined ? undefined : (await findDataflow(db, name)).id
    const runs = await listRuns(db, { limit, ...(dataflowId !== undefined && { dataflowId }) })
    if (json) return output.json(runs)
    if (runs.length === 0) return output.line('No runs yet. Request one with `poolkeeper run NAME --wait`.')
    output.table(
      ['Run', 'Dataflow', 'State', 'Trigger', 'By', 'Started', 'Seconds', 'Rows (+ − ~)', 'Requests', 'Description'],
      // of many dataflows the notes would hide what happened
      runs.map((run) => [
        ...cells(run, stateOf(run)),
        describeRequests(run),
        inWords(run, name === undefined ? [] : run.notes),
      ]),
    )
  })
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

function positive(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('it is a number of runs, 1 or more.')
  return value
}
