import type { CommandContext } from '../context.ts'
import { serverConfig, withDatabase } from '../context.ts'
import type { Output } from '../output.ts'
import { type Check, checked } from './check.ts'
import { checkPostgres } from './checkPostgres.ts'
import { checkRedis } from './checkRedis.ts'

const MARKS: Readonly<Record<Check['status'], string>> = { ok: '✓', warning: '!', failed: '✗' }

/** Looks at everything that Poolkeeper needs, and ends with exit code 1 if any of it is missing. */
export async function examine(context: CommandContext, { json }: { json?: boolean }): Promise<void> {
  const checks = await checked('Configuration', () => checkAll(context))
  const failed = checks.filter(({ status }) => status === 'failed')
  if (json) context.output.json({ ok: failed.length === 0, checks })
  else print(context.output, checks)
  if (failed.length === 0) return
  context.output.error(failed.map(({ check, detail }) => `${check}: ${detail}`).join(' '))
  process.exitCode = 1
}

/** Reading `config` throws where the environment is wrong. */
async function checkAll(context: CommandContext): Promise<Check[]> {
  const servers = await serverConfig(context.config)
  const where = context.config.databaseUrl
    ? 'servers from DATABASE_URL and REDIS_URL'
    : `embedded servers in ${servers.dataFolder}`
  const [postgres, redis] = await Promise.all([
    withDatabase(context.config, (db, { keys }) => checkPostgres(db, keys)),
    checkRedis(servers.redisUrl),
  ])
  return [{ check: 'Configuration', status: 'ok', detail: where }, ...postgres, ...redis]
}

function print(output: Output, checks: readonly Check[]): void {
  for (const { check, status, detail } of checks) output.line(`${MARKS[status]} ${`${check}:`.padEnd(16)} ${detail}`)
}
