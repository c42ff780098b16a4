import { type Command, Option } from 'commander'
import { collect } from '../collect.ts'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'
import { wholeNumber } from '../wholeNumber.ts'

/** `webhook create|list|show|remove|test|deliveries`. */
export function register(program: Command, context: CommandContext): void {
  const webhook = program.command('webhook').description('Tell other services, or Slack, when something needs a person')

  const create = webhook
    .command('create <name>')
    .description('Make a webhook; the secret that its requests are signed with is shown once')
    .option('--url <url>', 'where to; left out, it is asked for, or read from stdin: Slack’s are secrets')
    .addOption(new Option('--format <format>', 'what it takes').choices(['json', 'slack']).default('json'))
    .option('--event <event>', 'an event to tell of, such as run.failed; repeat it for more (default: all)', collect)
    .option('--dataflow <name>', 'only of this dataflow; repeat it for more (default: all, and the quotas)', collect)
    .option('--json', 'print JSON on stdout')
    .action(async (name, options) => (await import('../webhook/create.ts')).create(context, name, options))
  examples(
    create,
    'poolkeeper webhook create on-call --url https://hooks.example.com/poolkeeper',
    'poolkeeper webhook create ops --format slack --event run.failed --event run.held < slack-address.txt',
  )

  examples(
    webhook
      .command('list')
      .description('List the webhooks; of their addresses the host')
      .option('--json', 'print JSON on stdout')
      .action(async (options) => (await import('../webhook/show.ts')).list(context, options)),
    'poolkeeper webhook list',
  )

  examples(
    numbered(webhook.command('show'))
      .description('Show a webhook')
      .action(async (id, options) => (await import('../webhook/show.ts')).show(context, id, options)),
    'poolkeeper webhook show 3',
  )

  examples(
    numbered(webhook.command('remove'))
      .description('Remove a webhook, with what was still to be delivered to it')
      .action(async (id, options) => (await import('../webhook/remove.ts')).remove(context, id, options)),
    'poolkeeper webhook remove 3',
  )

  examples(
    numbered(webhook.command('test'))
      .description('Send a test and wait for what becomes of it; the exit code is 0 only if it was taken')
      .action(async (id, options) => (await import('../webhook/tryOut.ts')).tryOut(context, id, options)),
    'poolkeeper webhook test 3',
  )

  examples(
    numbered(webhook.command('deliveries'))
      .description('Show what a webhook was told in the last month, newest first')
      .option('--limit <n>', 'how many', wholeNumber('a number of deliveries, 1 or more'), 20)
      .action(async (id, options) => (await import('../webhook/show.ts')).deliveries(context, id, options)),
    'poolkeeper webhook deliveries 3 --limit 20',
  )
}

function numbered(command: Command): Command {
  return command
    .argument('<id>', 'the number of the webhook', wholeNumber('the number that `poolkeeper webhook list` shows'))
    .option('--json', 'print JSON on stdout')
}
