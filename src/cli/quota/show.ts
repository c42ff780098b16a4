import { setTimeout as pause } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Database } from '../../db/database.ts'
import { openProbe } from '../../queue/redis.ts'
import { lookAtQuotas, waitingRuns } from '../../quota/look.ts'
import { listShares } from '../../quota/shares.ts'
import { type CommandContext, withDatabase } from '../context.ts'
import { figuresOf, type Look } from './figures.ts'
import { printQuotas } from './report.ts'

interface QuotaOptions {
  readonly watch?: boolean
  readonly json?: boolean
}

/** How many requests go out in a second is seen from two looks. */
const BETWEEN_LOOKS_MS = 1_000

/** `quota`. */
export async function show({ config, output }: CommandContext, { watch, json }: QuotaOptions): Promise<void> {
  await withDatabase(config, async (db, { redisUrl }) => {
    const redis = openProbe(redisUrl)
    try {
      let before = await look(db, redis)
      do {
        await pause(BETWEEN_LOOKS_MS)
        const now = await look(db, redis)
        const quotas = figuresOf(before, now, await waitingRuns(db, now.quotas))
        const report = { quotas, shares: await listShares(db) }
        if (watch) clearScreen()
        if (json) output.json(report)
        else printQuotas(output, report)
        before = now
      } while (watch)
    } finally {
      redis.disconnect()
    }
  })
}

async function look(db: Database, redis: Redis): Promise<Look> {
  // a probe gives up at the first trouble, and whoever watches wants to see Redis come back
  if (redis.status === 'end') await redis.connect().catch(() => undefined)
  return { quotas: await lookAtQuotas(db, redis), atMs: performance.now() }
}

function clearScreen(): void {
  if (process.stderr.isTTY) process.stderr.write('\u001b[H\u001b[2J')
}
