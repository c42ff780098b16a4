import type { Command } from 'commander'
import type { Output } from '../../api/contract.ts'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'
import { runNumber } from '../wholeNumber.ts'

type Run = Output<'showRun'>

interface DecisionCommand {
  readonly name: string
  readonly description: string
  readonly operation: 'cancelRun' | 'approveRun' | 'discardRun' | 'retryRun'
  /** What there is to tell then. @param run the run that was decided about, or that came of it */
  readonly told: (run: Run, about: number) => string
}

const COMMANDS: readonly DecisionCommand[] = [
  {
    name: 'cancel',
    description: 'End a run that is under way; what is published stays',
    operation: 'cancelRun',
    told: ({ run }) => `Run ${run} is cancelled; its workers stop within seconds.`,
  },
  {
    name: 'approve',
    description: 'Publish a run that the guard has held',
    operation: 'approveRun',
    told: ({ run }) => `Run ${run} is published.`,
  },
  {
    name: 'discard',
    description: 'Give up a run that the guard has held',
    operation: 'discardRun',
    told: ({ run }) => `Run ${run} is discarded.`,
  },
  {
    name: 'retry',
    description: 'Go on with a failed run from where it stopped, for an hour; otherwise run the dataflow anew',
    operation: 'retryRun',
    told: describeRetry,
  },
]

function describeRetry({ run, state, continues }: Run, failed: number): string {
  if (state === 'skipped') return `Run ${run} is skipped: the dataflow is running already.`
  return continues === null
    ? `Run ${run} reads everything: run ${failed} has left nothing to go on with.`
    : `Run ${run} goes on from where run ${failed} stopped.`
}

/** What a person decides about a run: one command each, alike but for the verb. */
export function register(program: Command, context: CommandContext): void {
  for (const decision of COMMANDS) {
    const command = program
      .command(decision.name)
      .description(decision.description)
      .argument('<run>', 'the number of the run', runNumber)
      .option('--json', 'print the run as JSON on stdout')
      .action((run: number, options: { json?: boolean }) => decide(context, decision, run, options))
    examples(command, `poolkeeper ${decision.name} 12`)
  }
}

async function decide(
  { config, output }: CommandContext,
  { operation, told }: DecisionCommand,
  run: number,
  { json }: { json?: boolean },
): Promise<void> {
  const { withOperations } = await import('../operations.ts')
  const decided = await withOperations(config, (perform) => perform(operation, { run }))
  if (json) output.json(decided)
  else output.line(told(decided, run))
}
