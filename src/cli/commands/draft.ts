import { type Command, Option } from 'commander'
import type { CommandContext } from '../context.ts'
import { addDataflowOptions } from '../dataflow/options.ts'
import { addVersionOption } from '../dataflow/version.ts'
import { examples } from '../help.ts'
import { wholeNumber } from '../wholeNumber.ts'

/** `draft create|list|show|edit|connect|save|discard`. */
export function register(program: Command, context: CommandContext): void {
  const draft = program.command('draft').description('Describe a dataflow step by step, as the dashboard does')

  examples(
    addDataflowOptions(draft.command('create [name]'))
      .description('Begin a draft; it is yours alone, and gone when nobody goes on with it for 14 days')
      .action(async (name, options) => (await import('../draft/edit.ts')).create(context, name, options)),
    'poolkeeper draft create CustomerPool --pool-id eu-central-1_AbCdEf123',
  )

  examples(
    draft
      .command('list')
      .description('List your drafts')
      .option('--json', 'print JSON on stdout')
      .action(async (options) => (await import('../draft/show.ts')).list(context, options)),
    'poolkeeper draft list',
  )

  examples(
    json(numbered(draft.command('show')))
      .description('Show a draft, with the policies that its credentials need')
      .action(async (id, options) => (await import('../draft/show.ts')).show(context, id, options)),
    'poolkeeper draft show 4',
  )

  examples(
    addVersionOption(addDataflowOptions(numbered(draft.command('edit'))))
      .addOption(new Option('--name <name>', 'what the dataflow is to be called'))
      .option('--no-schedule', 'import only when asked to')
      .description('Answer more of a draft; what is not named stays')
      .action(async (id, options) => (await import('../draft/edit.ts')).edit(context, id, options)),
    'poolkeeper draft edit 4 --role-arn arn:aws:iam::123456789012:role/poolkeeper',
  )

  examples(
    json(numbered(draft.command('connect')))
      .description('Try out whether Cognito lets a draft in, and what its tables would take')
      .action(async (id, options) => (await import('../draft/finish.ts')).connect(context, id, options)),
    'poolkeeper draft connect 4',
  )

  examples(
    json(numbered(draft.command('save')))
      .description('Make a draft the dataflow that it describes')
      .action(async (id, options) => (await import('../draft/finish.ts')).save(context, id, options)),
    'poolkeeper draft save 4',
  )

  examples(
    json(numbered(draft.command('discard')))
      .description('Throw a draft away, with the secret in it')
      .action(async (id, options) => (await import('../draft/finish.ts')).discard(context, id, options)),
    'poolkeeper draft discard 4',
  )
}

function numbered(command: Command): Command {
  return command.argument(
    '<id>',
    'the number of the draft',
    wholeNumber('the number that `poolkeeper draft list` shows'),
  )
}

function json(command: Command): Command {
  return command.option('--json', 'print JSON on stdout')
}
