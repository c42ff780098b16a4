import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'
import type { StartOptions } from '../start/start.ts'

export function register(program: Command, context: CommandContext): void {
  examples(
    program
      .command('start')
      .description(
        'Run everything on this machine; without DATABASE_URL and REDIS_URL, with servers and a sandbox to try',
      )
      .option('--json', 'print one JSON object on stdout once everything is up')
      .option('--no-sandbox', 'with servers of its own, but for pools on AWS')
      .action(async (options: StartOptions) => {
        const { start } = await import('../start/start.ts')
        await start(context, options)
      }),
    'poolkeeper start',
    'DATABASE_URL=postgres://… REDIS_URL=redis://… poolkeeper start',
  )
}
