import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'

export function register(program: Command, context: CommandContext): void {
  examples(
    program
      .command('preview <name>')
      .description('Say what a run would read, how long it would take, and what its tables would look like')
      .option('--json', 'print the preview as JSON on stdout')
      .action(async (name: string, options: { json?: boolean }) => {
        const { preview } = await import('../preview/preview.ts')
        await preview(context, name, options)
      }),
    'poolkeeper preview CustomerPool',
  )
}
