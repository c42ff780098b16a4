import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'
import { wholeNumber } from '../wholeNumber.ts'

interface JsonOption {
  readonly json?: boolean
}

/** `reader create|list|remove`. */
export function register(program: Command, context: CommandContext): void {
  const reader = program
    .command('reader')
    .description('Make, list and remove roles of Postgres that read the views of a schema')

  examples(
    withSchema(reader.command('create'))
      .description('Make a role for psql and BI tools; its password is shown once')
      .option('--json', 'print JSON on stdout')
      .action((schema: string, options: JsonOption) => create(context, schema, options)),
    'poolkeeper reader create customerpool',
  )

  examples(
    withSchema(reader.command('list'))
      .description('List the roles that read a schema')
      .option('--json', 'print JSON on stdout')
      .action((schema: string, options: JsonOption) => list(context, schema, options)),
    'poolkeeper reader list customerpool',
  )

  examples(
    withSchema(reader.command('remove'))
      .description('Take a role away; its connections end at once')
      .argument('<id>', 'the number of the reader', wholeNumber('the number that `poolkeeper reader list` shows'))
      .option('--json', 'print JSON on stdout')
      .action((schema: string, id: number, options: JsonOption) => remove(context, schema, id, options)),
    'poolkeeper reader remove customerpool 2',
  )
}

function withSchema(command: Command): Command {
  return command.argument('<schema>', 'of its views, such as customerpool')
}

async function create({ config, output }: CommandContext, schema: string, { json }: JsonOption): Promise<void> {
  const { withOperations } = await import('../operations.ts')
  const made = await withOperations(config, (perform) => perform('createReader', { schema }))
  if (json) return output.json(made)
  output.line(`${made.role} may read the views of ${schema}. Its password is shown this once:`)
  output.line(made.password)
  output.line(made.connection.psql)
}

async function list({ config, output }: CommandContext, schema: string, { json }: JsonOption): Promise<void> {
  const { withOperations } = await import('../operations.ts')
  const { items } = await withOperations(config, (perform) => perform('listReaders', { schema }))
  if (json) return output.json(items)
  if (items.length === 0) return output.line(`Nobody yet. Make a role with \`poolkeeper reader create ${schema}\`.`)
  output.table(
    ['Reader', 'Role', 'Made by', 'At', 'Connected', 'URL'],
    items.map(({ id, role, createdBy, createdAt, sessions, connection }) => [
      ...[id, role, createdBy, createdAt.replace('T', ' ').slice(0, 16), sessions, connection.url],
    ]),
  )
}

async function remove(
  { config, output }: CommandContext,
  schema: string,
  id: number,
  { json }: JsonOption,
): Promise<void> {
  const { withOperations } = await import('../operations.ts')
  const removed = await withOperations(config, (perform) => perform('removeReader', { schema, reader: id }))
  if (json) return output.json(removed)
  output.line(`${removed.role} is gone, with its connections.`)
}
