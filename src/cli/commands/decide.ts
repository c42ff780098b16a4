import { type Command, InvalidArgumentError } from 'commander'
import type { Database } from '../../db/database.ts'
import type { CommandContext } from '../context.ts'
import { person } from '../person.ts'

type Decision = (db: Database, run: number, by: string) => Promise<unknown>

interface DecisionCommand {
  readonly name: string
  readonly description: string
  readonly load: () => Promise<Decision>
  readonly done: (run: number) => string
}

const decisions = () => import('../../run/decide.ts')

const COMMANDS: readonly DecisionCommand[] = [
  {
    name: 'cancel',
    description: 'End a run that is under way; what is published stays',
    load: async () => (await decisions()).cancelRun,
    done: (run) => `Run ${run} is cancelled.`,
  },
  {
    name: 'approve',
    description: 'Publish a run that the guard has held',
    load: async () => (await decisions()).approveRun,
    done: (run) => `Run ${run} is published.`,
  },
  {
    name: 'discard',
    description: 'Give up a run that the guard has held',
    load: async () => (await decisions()).discardRun,
    done: (run) => `Run ${run} is discarded.`,
  },
  {
    name: 'retry',
    description: 'Request a new run of the same dataflow',
    load: async () => (await decisions()).retryRun,
    done: (run) => `A new run stands in for run ${run}; see \`poolkeeper history\`.`,
  },
]

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
  { load, done }: DecisionCommand,
  run: number,
  { json }: { json?: boolean },
): Promise<void> {
  const [{ withDatabase }, { findRun }, decision] = await Promise.all([
    import('../context.ts'),
    import('../../run/history.ts'),
    load(),
  ])
  await withDatabase(config, async (db) => {
    await decision(db, run, person())
    if (json) output.json(await findRun(db, run))
    else output.line(done(run))
  })
}

/** Parses the number of a run, as history shows it. */
export function runNumber(text: string): number {
  const run = Number(text)
  if (!Number.isSafeInteger(run) || run < 1)
    throw new InvalidArgumentError('it is the number that `poolkeeper history` shows.')
  return run
}
