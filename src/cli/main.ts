import { Command, CommanderError } from 'commander'
import { loadConfig } from '../config.ts'
import { PoolkeeperError, safeError } from '../errors.ts'
import type { CommandContext } from './context.ts'
import { createOutput } from './output.ts'

/** Each command is a file that adds itself; the import is lazy, because a `--help` needs no AWS SDK. */
async function registerCommands(program: Command, context: CommandContext): Promise<void> {
  const files = await Promise.all([])
  for (const register of files) register(program, context)
}

const output = createOutput()
const program = new Command('poolkeeper')
  .description('Imports AWS Cognito user pools into Postgres: at the quota\'s speed, exactly once, reversible at once.')
  .showSuggestionAfterError()
  .exitOverride()

try {
  await registerCommands(program, { config: loadConfig(), output })
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode
  } else {
    output.error(error instanceof PoolkeeperError ? error.description : describeBug(error))
    process.exitCode = 1
  }
}

function describeBug(error: unknown): string {
  const { message, stack } = safeError(error)
  return `Something unexpected happened: ${message}\n${stack ?? ''}`.trim()
}
