import type { Command } from 'commander'
import type { ConnectionCheck, ConnectionReport } from '../../cognito/connect.ts'
import type { CommandContext } from '../context.ts'
import type { Output } from '../output.ts'

export function register(program: Command, context: CommandContext): void {
  program
    .command('connect <name>')
    .description('Try out whether Cognito lets a dataflow in, permission by permission')
    .option('--json', 'print the report as JSON on stdout')
    .action((name: string, options: { json?: boolean }) => connect(context, name, options))
}

async function connect({ config, output }: CommandContext, name: string, { json }: { json?: boolean }): Promise<void> {
  const report = await test(config, name)
  if (json) output.json(report)
  else printReport(output, report)
  const [{ faultsAmong }, { Unsuccessful }] = await Promise.all([
    import('../../cognito/connect.ts'),
    import('../exitCode.ts'),
  ])
  const faults = faultsAmong(report.checks)
  if (faults.length > 0) throw new Unsuccessful(faults.map(({ description }) => description).join(' '))
}

async function test(config: CommandContext['config'], name: string): Promise<ConnectionReport> {
  const [{ withLocal }, { findDataflow }, { testConnection }] = await Promise.all([
    import('../local.ts'),
    import('../../dataflow/dataflow.ts'),
    import('../../operations/pool.ts'),
  ])
  const { pool, checks } = await withLocal(config, async (context) =>
    testConnection(context, await findDataflow(context.db, name)),
  )
  return { ...(pool && { pool }), checks }
}

function printReport(output: Output, { pool, checks }: ConnectionReport): void {
  if (pool) output.line(`${pool.name} (${pool.poolId}), about ${pool.estimatedUsers.toLocaleString('en')} users`)
  for (const check of checks) output.line(`${mark(check)} ${check.action.padEnd(38)} ${purposeOf(check)}`)
}

function mark({ ok }: ConnectionCheck): string {
  if (ok === null) return '–'
  return ok ? '✓' : '✗'
}

function purposeOf({ table, ok, description }: ConnectionCheck): string {
  const purpose = table ? `for the table ${table}` : 'for the pool itself'
  return ok === null ? `${purpose}. ${description}` : purpose
}
