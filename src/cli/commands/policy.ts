import type { Command } from 'commander'
import { AskError } from '../../errors.ts'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'

interface PolicyOptions {
  readonly trust?: boolean
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command('policy <name>')
    .description('Print the least IAM policy that a dataflow needs, as JSON on stdout')
    .option('--trust', "print the trust policy of the dataflow's role instead")
    .option('--json', 'changes nothing: it is JSON anyway')
    .action((name: string, options: PolicyOptions) => policy(context, name, options))
  examples(command, 'poolkeeper policy CustomerPool > policy.json', 'poolkeeper policy CustomerPool --trust')
}

async function policy({ config, output }: CommandContext, name: string, { trust }: PolicyOptions): Promise<void> {
  const [{ withOperations }, { printTrustPolicy }] = await Promise.all([
    import('../operations.ts'),
    import('../dataflow/report.ts'),
  ])
  const { dataflow, policies } = await withOperations(config, async (perform) => ({
    dataflow: await perform('showDataflow', { name }),
    policies: await perform('showPolicy', { name }),
  }))
  if (trust && !policies.trust)
    throw new AskError('bad-input', `${dataflow.name} does not assume a role, so there is no trust policy.`)
  output.json(trust ? policies.trust : policies.policy)
  if (!trust) printTrustPolicy(output, dataflow)
}
