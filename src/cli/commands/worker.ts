import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'

export function register(program: Command, context: CommandContext): void {
  program
    .command('worker')
    .description('Import: plan, read and publish runs; any number may run')
    .action(async () => {
      const [{ startWorker }, { serverConfig }, { createLogger }, { runUntilStopped }] = await Promise.all([
        import('../../worker/worker.ts'),
        import('../context.ts'),
        import('../../logger.ts'),
        import('../../lifecycle.ts'),
      ])
      const config = await serverConfig(context.config)
      const logger = createLogger('worker', config.logLevel)
      const running = await startWorker({ ...config, logger })
      process.send?.({ ready: {} })
      await runUntilStopped(running, logger)
    })
}
