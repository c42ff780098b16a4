import { setFlagsFromString } from 'node:v8'
import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'

/**
 * V8 collects when half as much again has piled up as was alive the last time. By itself it waits for four times as much:
 * a worker whose 30 MB are alive then held 285 MB instead of 205, for 8 % less CPU (measured, from the sources).
 */
const COLLECT_SOONER = '--heap-growing-percent=50'

export function register(program: Command, context: CommandContext): void {
  examples(
    program
      .command('worker')
      .description('Import: plan, read and publish runs; any number may run')
      .action(async () => {
        setFlagsFromString(COLLECT_SOONER)
        const [{ startWorker }, { serverConfig }, { createLogger }, { runUntilStopped }] = await Promise.all([
          import('../../worker/worker.ts'),
          import('../context.ts'),
          import('../../logger.ts'),
          import('../../lifecycle.ts'),
        ])
        const config = await serverConfig(context.config)
        const logger = createLogger('worker', config.logLevel)
        await runUntilStopped(async () => {
          const running = await startWorker({ ...config, logger })
          process.send?.({ ready: {} })
          return running
        }, logger)
      }),
    'LOG_LEVEL=debug poolkeeper worker',
  )
}
