import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command('whoami')
    .description('Tell who you are to Poolkeeper, and what you may do')
    .option('--json', 'print JSON on stdout')
    .action((options: { json?: boolean }) => whoAmI(context, options))
  examples(command, 'poolkeeper whoami', 'poolkeeper whoami --server https://poolkeeper.example.com')
}

async function whoAmI({ config, output }: CommandContext, { json }: { json?: boolean }): Promise<void> {
  const { withOperations } = await import('../operations.ts')
  const caller = await withOperations(config, (perform) => perform('whoAmI', {}))
  if (json) return output.json(caller)
  const { name, role, personal, dataflows } = caller
  output.line(`${name}: ${role}, ${dataflows ? `for ${dataflows.join(', ')}` : 'for all dataflows'}.`)
  output.line(`Personal values are shown ${personal ? 'as they are' : 'masked'}.`)
}
