import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'

export function register(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description('Check the configuration, Postgres, Redis and the keys, and say what to do')
    .option('--json', 'print JSON on stdout')
    .action(async (options: { json?: boolean }) => {
      const { config, output } = context
      if (options.json) output.json({ ok: true })
      output.line(`data folder: ${config.dataFolder}`)
    })
}
