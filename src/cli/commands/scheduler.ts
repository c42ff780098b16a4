import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'

export function register(program: Command, context: CommandContext): void {
  examples(
    program
      .command('scheduler')
      .description('Request due runs, hand out their work, and clean up; any number may run')
      .action(async () => {
        const [{ startScheduler }, { serverConfig }, { createLogger }, { runUntilStopped }] = await Promise.all([
          import('../../scheduler/scheduler.ts'),
          import('../context.ts'),
          import('../../logger.ts'),
          import('../../lifecycle.ts'),
        ])
        const config = await serverConfig(context.config)
        const logger = createLogger('scheduler', config.logLevel)
        await runUntilStopped(async () => {
          const running = await startScheduler({ ...config, logger })
          process.send?.({ ready: {} })
          return running
        }, logger)
      }),
    'poolkeeper scheduler',
  )
}
