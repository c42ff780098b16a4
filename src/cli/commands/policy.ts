import type { Command } from 'commander'
import type { Dataflow } from '../../dataflow/dataflow.ts'
import type { CommandContext } from '../context.ts'

interface PolicyOptions {
  readonly trust?: boolean
}

export function register(program: Command, context: CommandContext): void {
  program
    .command('policy <name>')
    .description('Print the least IAM policy that a dataflow needs, as JSON on stdout')
    .option('--trust', "print the trust policy of the dataflow's role instead")
    .option('--json', 'changes nothing: it is JSON anyway')
    .action((name: string, options: PolicyOptions) => policy(context, name, options))
}

async function policy(context: CommandContext, name: string, { trust }: PolicyOptions): Promise<void> {
  const [{ withDatabase }, { findDataflow, sourcesOf }, { poolArn }, { iamPolicy }, { printTrustPolicy }] =
    await Promise.all([
      import('../context.ts'),
      import('../../dataflow/dataflow.ts'),
      import('../../dataflow/poolArn.ts'),
      import('../../cognito/policy.ts'),
      import('../dataflow/report.ts'),
    ])
  const [dataflow, arn] = await withDatabase(context.config, async (db) => {
    const found = await findDataflow(db, name)
    return [found, await poolArn(db, found)] as const
  })
  if (trust) return printTrust(context, dataflow)
  context.output.json(iamPolicy(sourcesOf(dataflow), arn))
  printTrustPolicy(context.output, dataflow)
}

async function printTrust({ output }: CommandContext, { name, credentials }: Dataflow): Promise<void> {
  const [{ trustPolicy }, { AskError }] = await Promise.all([
    import('../../dataflow/trustPolicy.ts'),
    import('../../errors.ts'),
  ])
  if (credentials.kind === 'role') return output.json(trustPolicy(credentials))
  throw new AskError('bad-input', `${name} does not assume a role, so there is no trust policy.`)
}
