import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'

export function register(program: Command, context: CommandContext): void {
  examples(
    program
      .command('migrate')
      .description('Bring the control tables up to this version; safe to run at any time, by any number at once')
      .option('--json', 'print JSON on stdout')
      .action(async (options: { json?: boolean }) => {
        const [{ withDatabase }, { migrate }] = await Promise.all([
          import('../context.ts'),
          import('../../db/migrate.ts'),
        ])
        await withDatabase(context.config, (db) => migrate(db))
        if (options.json) context.output.json({ migrated: true })
        else context.output.line('The control tables are up to date.')
      }),
    'poolkeeper migrate',
  )
}
