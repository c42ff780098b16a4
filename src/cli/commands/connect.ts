import type { Command } from 'commander'
import type { Output as Answer } from '../../api/contract.ts'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'
import type { Output } from '../output.ts'

type Connection = Answer<'testConnection'>
type Check = Connection['checks'][number]

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command('connect <name>')
    .description('Try out whether Cognito lets a dataflow in, permission by permission')
    .option('--json', 'print the report as JSON on stdout')
    .action((name: string, options: { json?: boolean }) => connect(context, name, options))
  examples(command, 'poolkeeper connect CustomerPool')
}

async function connect({ config, output }: CommandContext, name: string, { json }: { json?: boolean }): Promise<void> {
  const [{ withOperations }, { refuseFaults }] = await Promise.all([import('../operations.ts'), import('../faults.ts')])
  const connection = await withOperations(config, (perform) => perform('testConnection', { name }))
  if (json) output.json(connection)
  else printConnection(output, connection)
  refuseFaults(connection.checks)
}

function printConnection(output: Output, { pool, checks }: Connection): void {
  if (pool) output.line(`${pool.name} (${pool.poolId}), about ${pool.estimatedUsers.toLocaleString('en')} users`)
  for (const check of checks) output.line(`${mark(check)} ${check.action.padEnd(38)} ${purposeOf(check)}`)
}

function mark({ ok }: Check): string {
  if (ok === null) return '–'
  return ok ? '✓' : '✗'
}

function purposeOf({ table, ok, description }: Check): string {
  const purpose = table ? `for the table ${table}` : 'for the pool itself'
  return ok === null ? `${purpose}. ${description}` : purpose
}
