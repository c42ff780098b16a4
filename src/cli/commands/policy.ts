import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'

export function register(program: Command, context: CommandContext): void {
  program
    .command('policy <name>')
    .description('Print the least IAM policy that a dataflow needs, as JSON on stdout')
    .option('--json', 'changes nothing: it is JSON anyway')
    .action((name: string) => policy(context, name))
}

async function policy({ config, output }: CommandContext, name: string): Promise<void> {
  const [{ withDatabase }, { findDataflow, sourcesOf }, { poolArn }, { iamPolicy }] = await Promise.all([
    import('../context.ts'),
    import('../../dataflow/dataflow.ts'),
    import('../../dataflow/poolArn.ts'),
    import('../../cognito/policy.ts'),
  ])
  const dataflow = await withDatabase(config, (db) => findDataflow(db, name))
  output.json(iamPolicy(sourcesOf(dataflow), poolArn(dataflow)))
}
