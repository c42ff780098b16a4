import { type Command, InvalidArgumentError } from 'commander'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'

/** `quota`, `quota set|unset`. */
export function register(program: Command, context: CommandContext): void {
  const quota = program
    .command('quota')
    .description("Show how Cognito's request quotas are used and who waits for them, or set how much of them may be")
    .option('--watch', 'look again every second')
    .option('--json', 'print JSON on stdout')
    .enablePositionalOptions()
    .action(async (options) => (await import('../quota/show.ts')).show(context, options))

  examples(quota, 'poolkeeper quota', 'poolkeeper quota --watch')

  examples(
    addScope(quota.command('set'))
      .description('Set the share of the quotas that may be used, for all workers within seconds')
      .requiredOption('--share <share>', 'above 0, at most 1, such as 0.5', number)
      .action(async (options) => (await import('../quota/share.ts')).set(context, options)),
    'poolkeeper quota set --share 0.5',
    'poolkeeper quota set --share 0.8 --account 123456789012 --category UserList',
  )

  examples(
    addScope(quota.command('unset'))
      .description('Take a share back that was set: what was set more widely holds again, or the default')
      .action(async (options) => (await import('../quota/share.ts')).unset(context, options)),
    'poolkeeper quota unset --account 123456789012 --category UserList',
  )
}

function addScope(command: Command): Command {
  return command
    .option('--account <id>', 'of one AWS account (default: of all)')
    .option('--category <category>', 'of one category, such as UserList (default: of all)')
    .option('--json', 'print JSON on stdout')
}

function number(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('it is a number, such as 0.5.')
  return value
}
