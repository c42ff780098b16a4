import { type Command, InvalidArgumentError, Option } from 'commander'
import { collect } from '../collect.ts'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'
import { wholeNumber } from '../wholeNumber.ts'

/** `database list|show|rows|export`. */
export function register(program: Command, context: CommandContext): void {
  const database = program.command('database').description('Look at the imported tables, and export their rows')

  const list = database
    .command('list')
    .description('List the schemas with imported tables, and how much each table holds')
    .option('--json', 'print JSON on stdout')
    .action(async (options) => (await import('../database/show.ts')).list(context, options))
  examples(list, 'poolkeeper database list')

  const show = database
    .command('show')
    .description(
      'Show the columns of a table: what each holds, and what it tells of a person; or the tables of a schema',
    )
    .argument('<name>', 'a table with its schema, such as customerpool.users, or a schema', tableOrSchema)
    .option('--json', 'print JSON on stdout')
    .action(async (name: Named, options) => {
      const { showSchema, showTable } = await import('../database/show.ts')
      await ('table' in name ? showTable(context, name, options) : showSchema(context, name.schema, options))
    })
  examples(show, 'poolkeeper database show customerpool.users')

  const rows = withFilter(withTable(database.command('rows')))
    .description('Show rows of a table, of the import that is published')
    .option('--sort <column>', 'by this column, or -column for the largest first (default: by the key)')
    .option('--limit <n>', 'how many rows', wholeNumber('a number of rows, 1 or more'), 20)
    .option('--json', 'print JSON on stdout, with every column')
    .action(async (table, options) => (await import('../database/rows.ts')).show(context, table, options))
  examples(rows, 'poolkeeper database rows customerpool.users --filter status=CONFIRMED --sort -created_at --limit 5')

  const exported = withFilter(withTable(database.command('export')))
    .description('Write all rows of a table to stdout')
    .addOption(new Option('--format <format>', 'of the file').choices(['csv', 'ndjson']).default('csv'))
    .option('--json', 'the same as --format ndjson')
    .action(async (table, options) => (await import('../database/rows.ts')).exportAll(context, table, options))
  examples(exported, 'poolkeeper database export customerpool.users > users.csv')
}

/** A table, as its operations take it. */
export interface TableName {
  readonly schema: string
  readonly table: string
}

function withTable(command: Command): Command {
  return command.argument('<table>', 'with its schema, such as customerpool.users', tableName)
}

function withFilter(command: Command): Command {
  return command.option(
    '--filter <filter>',
    'only rows with column=value, or column~text for what has that text in it; repeat it for more',
    collect,
  )
}

type Named = TableName | { readonly schema: string }

/** A name alone is a schema's. */
function tableOrSchema(text: string): Named {
  return text.includes('.') ? tableName(text) : { schema: text }
}

function tableName(text: string): TableName {
  const [schema, table, ...more] = text.split('.')
  if (schema && table && more.length === 0) return { schema, table }
  throw new InvalidArgumentError('it is a schema and a table, such as customerpool.users.')
}
