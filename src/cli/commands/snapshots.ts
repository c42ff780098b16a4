import type { Command } from 'commander'
import type { Output } from '../../api/contract.ts'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command('snapshots <name>')
    .description('List the imports of a dataflow that are kept, newest first, and which of them readers see')
    .option('--json', 'print JSON on stdout')
    .action((name: string, options: { json?: boolean }) => listSnapshots(context, name, options))
  examples(command, 'poolkeeper snapshots CustomerPool', 'poolkeeper snapshots CustomerPool --json')
}

async function listSnapshots(
  { config, output }: CommandContext,
  name: string,
  { json }: { json?: boolean },
): Promise<void> {
  const { withOperations } = await import('../operations.ts')
  const { items } = await withOperations(config, (perform) => perform('listSnapshots', { name }))
  if (json) return output.json(items)
  if (items.length === 0) return output.line(`${name} has not published anything yet.`)
  output.table(
    ['Run', 'Taken', 'Rows', 'MB', 'Readers see it', 'Kept'],
    items.map((snapshot) => [
      ...[snapshot.run, snapshot.takenAt ?? '–', snapshot.rows, Math.ceil(snapshot.bytes / 1_000_000)],
      ...[snapshot.published ? 'yes' : 'no', keptFor(snapshot)],
    ]),
  )
}

function keptFor({ state, importsLeft }: Output<'listSnapshots'>['items'][number]): string {
  if (state === 'held') return 'until somebody decides'
  if (importsLeft === null) return 'while readers see it'
  return `for ${importsLeft} more ${importsLeft === 1 ? 'import' : 'imports'}`
}
