import type { Command } from 'commander'
import type { CommandContext } from './context.ts'

/** A file under `commands/`: it adds its commands, and imports what they need only once they run. */
export interface CommandModule {
  register(program: Command, context: CommandContext): void
}

type Load = () => Promise<CommandModule>

/** What is done on the machine, or to its servers themselves, and so never through the API. In the order of `--help`. */
export const MACHINE_COMMANDS: readonly Load[] = [
  () => import('./commands/start.ts'),
  () => import('./commands/migrate.ts'),
  () => import('./commands/scheduler.ts'),
  () => import('./commands/worker.ts'),
  () => import('./commands/dashboard.ts'),
  () => import('./commands/signIn.ts'),
  () => import('./commands/sandbox.ts'),
  () => import('./commands/keys.ts'),
  () => import('./commands/doctor.ts'),
  () => import('./commands/health.ts'),
]

/** What is done by operations of the API, wherever they are done. */
export const COMMANDS: readonly Load[] = [
  () => import('./commands/dataflow.ts'),
  () => import('./commands/draft.ts'),
  () => import('./commands/connector.ts'),
  () => import('./commands/connect.ts'),
  () => import('./commands/policy.ts'),
  () => import('./commands/preview.ts'),
  () => import('./commands/run.ts'),
  () => import('./commands/watch.ts'),
  () => import('./commands/decide.ts'),
  () => import('./commands/history.ts'),
  () => import('./commands/failures.ts'),
  () => import('./commands/snapshots.ts'),
  () => import('./commands/rollback.ts'),
  () => import('./commands/diff.ts'),
  () => import('./commands/quota.ts'),
  () => import('./commands/database.ts'),
  () => import('./commands/about.ts'),
  () => import('./commands/reader.ts'),
  () => import('./commands/whoami.ts'),
  () => import('./commands/token.ts'),
  () => import('./commands/audit.ts'),
  () => import('./commands/webhook.ts'),
]

/** What has to know all others. */
export const LAST_COMMANDS: readonly Load[] = [() => import('./commands/complete.ts')]
