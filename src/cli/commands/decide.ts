import { type Command, InvalidArgumentError } from 'commander'
import type { Database } from '../../db/database.ts'
import type { CommandContext } from '../context.ts'
import { person } from '../person.ts'

/** @returns what there is to tell */
type Decision = (db: Database, run: number, by: string) => Promise<Told>

interface Told {
  /** The run that the decision is about, or that it made. */
  readonly run: number
  readonly line: string
}

interface DecisionCommand {
  readonly name: string
  readonly description: string
  readonly load: () => Promise<Decision>
}

const decisions = () => import('../../run/decide.ts')

const COMMANDS: readonly DecisionCommand[] = [
  {
    name: 'cancel',
    description: 'End a run that is under way; what is published stays',
    load: async () => told((await decisions()).cancelRun, 'is cancelled; its workers stop within seconds'),
  },
  {
    name: 'approve',
    description: 'Publish a run that the guard has held',
    load: async () => told((await decisions()).approveRun, 'is published'),
  },
  {
    name: 'discard',
    description: 'Give up a run that the guard has held',
    load: async () => told((await decisions()).discardRun, 'is discarded'),
  },
  {
    name: 'retry',
    description: 'Go on with a failed run from where it stopped, for an hour; otherwise run the dataflow anew',
    load: async () => retry,
  },
]

function told(decision: (db: Database, run: number, by: string) => Promise<void>, what: string): Decision {
  return async (db, run, by) => {
    await decision(db, run, by)
    return { run, line: `Run ${run} ${what}.` }
  }
}

async function retry(db: Database, failed: number, by: string): Promise<Told> {
  const { id, state, goesOn } = await (await decisions()).retryRun(db, failed, by)
  if (state === 'skipped') return { run: id, line: `Run ${id} is skipped: the dataflow is running already.` }
  const line = goesOn
    ? `Run ${id} goes on from where run ${failed} stopped.`
    : `Run ${id} reads everything: run ${failed} has left nothing to go on with.`
  return { run: id, line }
}

/** What a person decides about a run: one command each, alike but for the verb. */
export function register(program: Command, context: CommandContext): void {
  for (const command of COMMANDS) {
    program
      .command(command.name)
      .description(command.description)
      .argument('<run>', 'the number of the run', runNumber)
      .option('--json', 'print the run as JSON on stdout')
      .action((run: number, options: { json?: boolean }) => decide(context, command, run, options))
  }
}

async function decide(
  { config, output }: CommandContext,
  { load }: DecisionCommand,
  run: number,
  { json }: { json?: boolean },
): Promise<void> {
  const [{ withDatabase }, { findRun }, decision] = await Promise.all([
    import('../context.ts'),
    import('../../run/history.ts'),
    load(),
  ])
  await withDatabase(config, async (db) => {
    const { run: about, line } = await decision(db, run, person())
    if (json) output.json(await findRun(db, about))
    else output.line(line)
  })
}

/** Parses the number of a run, as history shows it. */
export function runNumber(text: string): number {
  const run = Number(text)
  if (!Number.isSafeInteger(run) || run < 1)
    throw new InvalidArgumentError('it is the number that `poolkeeper history` shows.')
  return run
}
