import type { Command } from 'commander'
import type { Output } from '../../api/contract.ts'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'
import { ago } from '../instant.ts'
import { wholeNumber } from '../wholeNumber.ts'

interface AuditOptions {
  readonly dataflow?: string
  readonly actor?: string
  readonly action?: string
  readonly since?: string
  readonly limit: number
  readonly json?: boolean
}

/** `poolkeeper audit`: who did what, when and from where. */
export function register(program: Command, context: CommandContext): void {
  examples(
    program
      .command('audit')
      .description('Show who did what, when and from where, newest first')
      .option('--dataflow <name>', 'only what was done to this dataflow, removed or not')
      .option('--actor <name>', 'only what this token or person did')
      .option('--action <name>', 'only this: an operation such as requestRun, sign-in, sign-out')
      .option('--since <when>', 'only since then: 7d or 12h ago, or 2026-11-24', ago)
      .option('--limit <n>', 'how many entries', wholeNumber('a number of entries, 1 or more'), 50)
      .option('--json', 'print JSON on stdout')
      .action((options: AuditOptions) => audit(context, options)),
    'poolkeeper audit --since 7d',
    'poolkeeper audit --dataflow CustomerPool --action rollback --json',
  )
}

async function audit({ config, output }: CommandContext, { json, limit, ...filters }: AuditOptions): Promise<void> {
  const [{ withOperations }, { listed }] = await Promise.all([import('../operations.ts'), import('../listed.ts')])
  const items = await withOperations(config, (perform) => listed(perform, 'listAudit', filters, limit))
  if (json) return output.json(items)
  if (items.length === 0) return output.line('Nothing of that kind was done.')
  output.table(
    ['When', 'Who', 'Through', 'From', 'What', 'To', 'Details'],
    items.map((entry) => [
      ...[entry.at.replace('T', ' ').slice(0, 19), entry.actor, entry.via, entry.origin],
      ...[entry.action, entry.target ?? '', details(entry)],
    ]),
  )
}

type Entry = Output<'listAudit'>['items'][number]

function details({ details, requestId }: Entry): string {
  const lines = Object.entries(details).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
  return [...lines, ...(requestId ? [`request: ${requestId}`] : [])].join('\n')
}
