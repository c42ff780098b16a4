import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'

export function register(program: Command, context: CommandContext): void {
  examples(
    program
      .command('health <process>')
      .description('Say by the exit code whether the scheduler or worker on this machine takes jobs; for health checks')
      .action(async (name: string) => (await import('../health.ts')).checkHealth(context, name)),
    'poolkeeper health worker',
  )
}
