import { sql } from 'drizzle-orm'
import type { Database } from '../db/database.ts'
import { alerts } from '../db/schema/webhooks.ts'
import type { QuotaLook } from '../quota/look.ts'
import { announce } from '../run/announce.ts'

/**
 * How long a ceiling has to stay below half of what is allowed. It recovers by itself from one throttling within 100 s: what
 * lasts longer is somebody else who uses the quota.
 */
const LASTING_MS = 3 * 60_000

/** The quotas of which less than half could be used in every look for `LASTING_MS`. */
export type ThrottleWatch = (looks: readonly QuotaLook[], nowMs: number) => QuotaLook[]

/** Remembers since when each quota is low. @returns to be told of each look; one that could not see a quota forgets it */
export function watchThrottling(): ThrottleWatch {
  let lowSince: ReadonlyMap<string, number> = new Map()
  return (looks, nowMs) => {
    const low = looks.filter(({ use, allowed }) => use !== null && use.ceiling < allowed / 2)
    lowSince = new Map(low.map((look) => [subjectOf(look), lowSince.get(subjectOf(look)) ?? nowMs]))
    return low.filter((look) => nowMs - (lowSince.get(subjectOf(look)) ?? nowMs) >= LASTING_MS)
  }
}

/** Tells of quotas that are throttled hard, of each once an hour. @returns how many were told of. */
export async function tellOfThrottled(db: Database, looks: readonly QuotaLook[]): Promise<number> {
  let told = 0
  for (const look of looks) if (await tellOf(db, look)) told++
  return told
}

function tellOf(db: Database, look: QuotaLook): Promise<boolean> {
  return db.transaction(async (tx) => {
    const noted = await tx
      .insert(alerts)
      .values({ event: 'quota.throttled', subject: subjectOf(look) })
      .onConflictDoUpdate({
        target: [alerts.event, alerts.subject],
        set: { since: sql`now()` },
        setWhere: sql`${alerts.since} < now() - interval '1 hour'`,
      })
      .returning({ subject: alerts.subject })
    if (noted.length === 0) return false
    const { account, region, category } = look
    const facts = { cause: 'throttled', description: describe(look), quota: { account, region, category } }
    await announce(tx, { event: 'quota.throttled', dataflowId: null, facts })
    return true
  })
}

const subjectOf = ({ account, region, category }: QuotaLook) => `${account} ${region} ${category}`

function describe({ category, allowed, use }: QuotaLook): string {
  const ceiling = (use?.ceiling ?? 0).toFixed(1)
  return `For minutes no more than ${ceiling} of ${allowed} requests/s could be made. Somebody else uses ${category} as well, or AWS allows less than is assumed: see \`poolkeeper quota\`. Imports go on, and take longer.`
}
