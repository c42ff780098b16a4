import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'

export function register(program: Command, context: CommandContext): void {
  examples(
    program
      .command('doctor')
      .description('Check Node, Postgres, Redis, clocks, keys, processes and Cognito, and say what to change')
      .option('--json', 'print JSON on stdout')
      .action(async (options: { json?: boolean }) => (await import('../doctor/doctor.ts')).examine(context, options)),
    'poolkeeper doctor',
    'poolkeeper doctor --json | jq \'.checks[] | select(.status != "ok")\'',
  )
}
