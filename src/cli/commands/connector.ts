import type { Command } from 'commander'
import type { Output as Answer } from '../../api/contract.ts'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'
import { withOperations } from '../operations.ts'

type Connector = Answer<'listConnectors'>['items'][number]

/** `connector list`. */
export function register(program: Command, context: CommandContext): void {
  const connector = program.command('connector').description('What dataflows can read')
  examples(
    connector
      .command('list')
      .description('List the connectors with their tables')
      .option('--json', 'print JSON on stdout')
      .action((options: { json?: boolean }) => list(context, options)),
    'poolkeeper connector list',
  )
}

async function list({ config, output }: CommandContext, { json }: { json?: boolean }): Promise<void> {
  const { items } = await withOperations(config, (perform) => perform('listConnectors', {}))
  if (json) return output.json(items)
  output.table(['Connector', 'Category', 'Tables'], items.map(line))
}

function line({ id, category, tables }: Connector): string[] {
  return [id, category, tables.map(({ source }) => source).join(', ')]
}
