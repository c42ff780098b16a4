import { once } from 'node:events'
import { join } from 'node:path'
import { PoolkeeperError, safeError } from '../errors.ts'
import { startPostgres } from './postgres.ts'

/**
 * The process that owns the embedded servers, forked by `services.ts`: `supervisor.ts DATA_FOLDER durable|fast`. It ends
 * with its parent, whatever ends that, and Postgres ends with it. It answers one message: `ready` or `failed`.
 */
export type SupervisorMessage =
  | { readonly ready: { readonly databaseUrl: string; readonly redisUrl: string; readonly postgresFolder: string } }
  | { readonly failed: string }

const [dataFolder = '', durability] = process.argv.slice(2)

// A terminal's Ctrl-C and hang-up reach us too, before the workers have let go of the database.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

const parentGone = process.connected ? once(process, 'disconnect') : Promise.resolve()

try {
  const [postgres, valkey] = await Promise.all([
    startPostgres(dataFolder, { durable: durability === 'durable', log: join(dataFolder, 'logs', 'postgres.log') }),
    // Postgres is started first: loading Valkey takes as long as Postgres's start.
    import('./valkey.ts').then(({ startValkey }) => startValkey()),
  ])
  await tell({ ready: { databaseUrl: postgres.url, redisUrl: valkey.url, postgresFolder: postgres.folder } })
  await Promise.race([parentGone, postgres.ended])
  await Promise.all([postgres.stop(), valkey.stop()])
} catch (error) {
  await tell({ failed: error instanceof PoolkeeperError ? error.description : safeError(error).message })
  throw error
}
process.exit(process.connected ? 1 : 0)

/** Waits until the message is on its way: `process.exit` drops what is not. */
async function tell(message: SupervisorMessage): Promise<void> {
  const { send } = process
  if (send && process.connected) await new Promise((resolve) => send.call(process, message, resolve))
}
