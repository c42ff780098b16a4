import type { Command } from 'commander'
import { DATAFLOW_GROUPINGS, DATAFLOW_ORDERS } from '../../dataflow/listing.ts'
import { STATUSES } from '../../dataflow/status.ts'
import { collect } from '../collect.ts'
import type { CommandContext } from '../context.ts'
import { addDataflowOptions } from '../dataflow/options.ts'
import { addVersionOption } from '../dataflow/version.ts'
import { examples } from '../help.ts'

/** `dataflow create|list|show|edit|remove`. */
export function register(program: Command, context: CommandContext): void {
  const dataflow = program.command('dataflow').description('Create, list, show, edit and remove dataflows')

  const create = addDataflowOptions(dataflow.command('create <name>'))
    .description('Create a dataflow: a user pool, and the tables to import it into')
    .action(async (name, options) => (await import('../dataflow/create.ts')).create(context, name, options))
  examples(
    create,
    'poolkeeper dataflow create CustomerPool --pool-id eu-central-1_AbCdEf123 --role-arn arn:aws:iam::123456789012:role/poolkeeper',
    'poolkeeper dataflow create Staff --pool-id eu-central-1_XyZ --ambient --table users="Customer 360" --treat users.email=mask',
    'poolkeeper dataflow create Nightly --pool-id eu-central-1_XyZ --ambient --schedule "30 2 * * *" --timezone Europe/Berlin',
  )

  const list = dataflow
    .command('list')
    .description('List the dataflows with their status, schedule, next run and last refresh')
    .option('--search <text>', 'those with it in their name, display name or pool id')
    .option('--status <status>', `those that are ${STATUSES.join(', ')}; repeat it for more`, collect)
    .option('--connector <id>', 'those that read by it, such as aws-cognito')
    .option('--tag <word>', 'those with this tag')
    .option('--sort <what>', `by ${DATAFLOW_ORDERS.join(', ')}; -rows: the most first`)
    .option('--group <what>', `put together by ${DATAFLOW_GROUPINGS.join(', ')}`)
    .option('--json', 'print JSON on stdout')
    .action(async (options) => (await import('../dataflow/show.ts')).list(context, options))
  examples(
    list,
    'poolkeeper dataflow list',
    'poolkeeper dataflow list --status failed --sort=-rows',
    "poolkeeper dataflow list --json | jq -r '.[].name'",
  )

  const show = dataflow
    .command('show <name>')
    .description('Show everything about a dataflow but its secret')
    .option('--json', 'print JSON on stdout')
    .action(async (name, options) => (await import('../dataflow/show.ts')).show(context, name, options))
  examples(show, 'poolkeeper dataflow show CustomerPool')

  const edit = addVersionOption(addDataflowOptions(dataflow.command('edit <name>')))
    .description('Change a dataflow; what is not named stays, and a run under way goes on as it was planned')
    .option('--no-schedule', 'import only when asked to')
    .option('--pause [reason]', 'pause the schedule')
    .option('--resume', 'take the schedule up again at its next slot')
    .action(async (name, options) => (await import('../dataflow/edit.ts')).edit(context, name, options))
  examples(
    edit,
    'poolkeeper dataflow edit CustomerPool --schedule "0 3 * * *" --keep 14',
    'poolkeeper dataflow edit CustomerPool --pause "audit until Friday"',
    'poolkeeper dataflow edit CustomerPool --if-version 4 --display-name Customers',
  )

  const remove = addVersionOption(dataflow.command('remove <name>'))
    .description('Remove a dataflow with its tables, views, snapshots and secrets, for good; its history stays')
    .option('--confirm <name>', 'the name again, where nobody can be asked to type it')
    .option('--json', 'print JSON on stdout')
    .action(async (name, options) => (await import('../dataflow/remove.ts')).remove(context, name, options))
  examples(remove, 'poolkeeper dataflow remove CustomerPool --confirm CustomerPool')
}
