import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'

export function register(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description('Check the configuration, Postgres, Redis and the keys, and say what to do')
    .option('--json', 'print JSON on stdout')
    .action(async (options: { json?: boolean }) => (await import('../doctor/doctor.ts')).examine(context, options))
}
