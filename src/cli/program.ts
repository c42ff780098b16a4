import { Command, CommanderError } from 'commander'
import { COMMANDS, type CommandModule, LAST_COMMANDS, MACHINE_COMMANDS } from './commands.ts'
import type { CommandContext } from './context.ts'
import { exitCodeOf } from './exitCode.ts'
import { describeFailure } from './failure.ts'
import { examples } from './help.ts'
import type { Output } from './output.ts'
import { refuseServer, serverFirst, withServer } from './server.ts'

const EXIT_CODES = `
Exit codes:
  0  done
  1  failed, or not what was asked for: a run that failed, a permission that is missing
  2  wrong usage, input or environment
  3  no such dataflow, run or table
  4  somebody else was there first, or it has changed meanwhile
  5  not signed in, or not allowed
  6  a server does not answer: try again later`

const EXAMPLES = [
  'poolkeeper dataflow create CustomerPool --pool-id eu-central-1_AbCdEf123 --ambient',
  'poolkeeper run CustomerPool --wait --json | jq .state',
  'poolkeeper history --state failed,held --server https://poolkeeper.example.com',
]

/**
 * Runs a command line to its end.
 * @param args without the names of Node and of the script
 * @param env the environment, read only once a command asks, so that `--help` works whatever it holds
 * @returns the exit code
 */
export async function runProgram(args: readonly string[], output: Output, env?: NodeJS.ProcessEnv): Promise<number> {
  try {
    const program = await createProgram(output, env)
    await program.parseAsync(serverFirst(args), { from: 'user' })
    return 0
  } catch (error) {
    // commander has told already what is wrong with a command line
    if (!(error instanceof CommanderError)) output.error(describeFailure(error))
    return exitCodeOf(error)
  }
}

/** The program with all of its commands. */
export async function createProgram(output: Output, env?: NodeJS.ProcessEnv): Promise<Command> {
  const program = new Command('poolkeeper')
    .description(
      "Imports AWS Cognito user pools into Postgres: at the quota's speed, exactly once, reversible at once.",
    )
    .option('--server <url>', 'work through the API of this server, with the token in POOLKEEPER_TOKEN')
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError()
    // what stands behind a command is its own: `quota --json` and `quota set --json` are two
    .enablePositionalOptions()
    .configureOutput({ writeOut: output.text, outputError: (text) => output.error(usageError(text)) })
    .exitOverride()
  examples(program, ...EXAMPLES).addHelpText('after', EXIT_CODES)
  const context = createContext(program, output, env)
  program.commandsGroup('Dataflows and runs, here or through the API of a server:')
  await register(COMMANDS, program, context)
  program.commandsGroup('This machine and its servers:')
  for (const command of await register(MACHINE_COMMANDS, program, context)) command.hook('preAction', refuseServer)
  await register(LAST_COMMANDS, program, context)
  return program
}

/** @returns the commands that came with them */
async function register(
  modules: readonly (() => Promise<CommandModule>)[],
  program: Command,
  context: CommandContext,
): Promise<Command[]> {
  const before = program.commands.length
  for (const { register } of await Promise.all(modules.map((load) => load()))) register(program, context)
  return program.commands.slice(before)
}

/** Its configuration is read on first use, and imported late, because zod takes 180 ms. */
function createContext(program: Command, output: Output, env: NodeJS.ProcessEnv | undefined): CommandContext {
  let loadConfig: typeof import('../config.ts').loadConfig
  program.hook('preAction', async () => {
    loadConfig = (await import('../config.ts')).loadConfig
  })
  return {
    output,
    get config() {
      return withServer(loadConfig(env), program.opts<{ server?: string }>().server)
    },
  }
}

/** commander's own words for a wrong command line, with what to do where it has no guess. */
function usageError(text: string): string {
  const problem = text.trim().replace(/^error: /, '')
  return problem.includes('Did you mean') ? problem : `${problem.replace(/\.$/, '')}; see --help.`
}
