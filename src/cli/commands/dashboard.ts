import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'

/** `poolkeeper dashboard`: the process that serves the pages. Started by another process of ours it tells it its address. */
export function register(program: Command, context: CommandContext): void {
  examples(
    program
      .command('dashboard')
      .description('serve the dashboard on HOST and PORT until told to stop')
      .action(async () => {
        const [{ startDashboard }, { serverConfig }, { createLogger }, { runUntilStopped }] = await Promise.all([
          import('../../../dashboard/server.ts'),
          import('../context.ts'),
          import('../../logger.ts'),
          import('../../lifecycle.ts'),
        ])
        const config = await serverConfig(context.config)
        const logger = createLogger('dashboard', config.logLevel)
        await runUntilStopped(async () => {
          const dashboard = await startDashboard(config, logger)
          logger.info({ url: dashboard.url }, 'listening; get a link with `npx poolkeeper sign-in`')
          process.send?.({ ready: { url: dashboard.url } })
          return dashboard
        }, logger)
      }),
    'HOST=0.0.0.0 PORT=8080 poolkeeper dashboard',
  )
}
