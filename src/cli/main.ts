import { Command, CommanderError } from 'commander'
import type { CommandContext } from './context.ts'
import { describeFailure } from './failure.ts'
import { createOutput } from './output.ts'

/** A file under `commands/`: it adds its command, and imports what the command needs only once that runs. */
interface CommandModule {
  register(program: Command, context: CommandContext): void
}

/** One line each, in the order of `--help`. */
const COMMANDS: readonly (() => Promise<CommandModule>)[] = [
  () => import('./commands/start.ts'),
  () => import('./commands/migrate.ts'),
  () => import('./commands/scheduler.ts'),
  () => import('./commands/worker.ts'),
  () => import('./commands/dashboard.ts'),
  () => import('./commands/signIn.ts'),
  () => import('./commands/dataflow.ts'),
  () => import('./commands/connect.ts'),
  () => import('./commands/policy.ts'),
  () => import('./commands/preview.ts'),
  () => import('./commands/run.ts'),
  () => import('./commands/decide.ts'),
  () => import('./commands/history.ts'),
  () => import('./commands/rollback.ts'),
  () => import('./commands/diff.ts'),
  () => import('./commands/quota.ts'),
  () => import('./commands/sandbox.ts'),
  () => import('./commands/token.ts'),
  () => import('./commands/audit.ts'),
  () => import('./commands/keys.ts'),
  () => import('./commands/doctor.ts'),
  () => import('./commands/health.ts'),
]

const output = createOutput()
const program = new Command('poolkeeper')
  .description("Imports AWS Cognito user pools into Postgres: at the quota's speed, exactly once, reversible at once.")
  .showSuggestionAfterError()
  // what stands behind a command is its own: `quota --json` and `quota set --json` are two
  .enablePositionalOptions()
  .configureOutput({ outputError: (text) => output.error(usageError(text)) })
  .exitOverride()

/** Read on first use, so that `--help` works whatever the environment holds; imported late, because zod takes 180 ms. */
let loadConfig: typeof import('../config.ts').loadConfig
program.hook('preAction', async () => {
  loadConfig = (await import('../config.ts')).loadConfig
})

const context: CommandContext = {
  output,
  get config() {
    return loadConfig()
  },
}

/** commander's own words for a wrong command line, with what to do where it has no guess. */
function usageError(text: string): string {
  const problem = text.trim().replace(/^error: /, '')
  return problem.includes('Did you mean') ? problem : `${problem.replace(/\.$/, '')}; see --help.`
}

// A reader that has seen enough (`| head`) closes our stdout; that is no failure.
process.stdout.on('error', (error) => {
  if (!('code' in error) || error.code !== 'EPIPE') throw error
  process.exit()
})

try {
  for (const { register } of await Promise.all(COMMANDS.map((load) => load()))) register(program, context)
  await program.parseAsync()
} catch (error) {
  process.exitCode = error instanceof CommanderError ? error.exitCode : 1
  if (!(error instanceof CommanderError)) output.error(describeFailure(error))
}
