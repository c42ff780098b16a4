import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { addDataflowOptions } from '../dataflow/options.ts'

/** `dataflow create|list|show|edit|remove`. */
export function register(program: Command, context: CommandContext): void {
  const dataflow = program.command('dataflow').description('Create, list, show, edit and remove dataflows')

  addDataflowOptions(dataflow.command('create <name>'))
    .description('Create a dataflow: a user pool, and the tables to import it into')
    .action(async (name, options) => (await import('../dataflow/create.ts')).create(context, name, options))

  dataflow
    .command('list')
    .description('List the dataflows with their status, schedule, next run and last refresh')
    .option('--json', 'print JSON on stdout')
    .action(async (options) => (await import('../dataflow/show.ts')).list(context, options))

  dataflow
    .command('show <name>')
    .description('Show everything about a dataflow but its secret')
    .option('--json', 'print JSON on stdout')
    .action(async (name, options) => (await import('../dataflow/show.ts')).show(context, name, options))

  addDataflowOptions(dataflow.command('edit <name>'))
    .description('Change a dataflow; what is not named stays, and a run under way goes on as it was planned')
    .option('--no-schedule', 'import only when asked to')
    .option('--pause [reason]', 'pause the schedule')
    .option('--resume', 'take the schedule up again at its next slot')
    .action(async (name, options) => (await import('../dataflow/edit.ts')).edit(context, name, options))

  dataflow
    .command('remove <name>')
    .description('Remove a dataflow with its tables, views, snapshots and secrets, for good; its history stays')
    .option('--confirm <name>', 'the name again, where nobody can be asked to type it')
    .option('--json', 'print JSON on stdout')
    .action(async (name, options) => (await import('../dataflow/remove.ts')).remove(context, name, options))
}
