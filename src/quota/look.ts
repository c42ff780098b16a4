import { and, eq, inArray } from 'drizzle-orm'
import type { Redis } from 'ioredis'
import { quotaKey } from '../cognito/governor.ts'
import { QuotaLine, type QuotaState } from '../cognito/quotaLine.ts'
import type { Quota } from '../cognito/quotas.ts'
import type { Queryable } from '../db/database.ts'
import { dataflows } from '../db/schema/dataflows.ts'
import { runs } from '../db/schema/runs.ts'
import { isAmong, type Visible } from '../db/visible.ts'
import { createCeilings, type KnownCeiling } from './ceilings.ts'
import { knownQuotas } from './knownQuotas.ts'

/** A quota as it stands. */
export interface QuotaLook extends Quota, KnownCeiling {
  /** Null while Redis is away. */
  readonly use: QuotaState | null
}

/**
 * Every quota that dataflows draw on: what Postgres knows of it, and what Redis counts.
 * @param redis left out where it is known to be away
 * @param visible the ids of the dataflows that whoever asks may see; null: all of them
 */
export async function lookAtQuotas(db: Queryable, redis?: Redis, visible: Visible = null): Promise<QuotaLook[]> {
  const ceilings = createCeilings(db)
  const [quotas] = await Promise.all([knownQuotas(db, visible), ceilings.refresh()])
  const looks = quotas.map((quota) => ({ ...quota, ...ceilings.of(quota), use: null }))
  if (!redis) return looks
  const line = new QuotaLine(redis)
  try {
    return await Promise.all(looks.map(async (look) => ({ ...look, use: await useOf(look, line) })))
  } catch {
    // Redis is away or slow: a half of the figures would be taken for the whole
    return looks
  }
}

function useOf({ allowed, ...quota }: Quota & KnownCeiling, line: QuotaLine): Promise<QuotaState> {
  return line.look({ key: quotaKey(quota), allowed })
}

/** How many requests are in the line. */
export function waitingIn({ waiting }: QuotaState): number {
  return waiting.reduce((total, { requests }) => total + requests, 0)
}

/**
 * The dataflows of the runs that wait for any of these, by run. What waits without a run is a person's preview or test.
 * @param visible the ids of the dataflows that whoever asks may see; null: all of them
 */
export async function waitingRuns(
  db: Queryable,
  looks: readonly QuotaLook[],
  visible: Visible = null,
): Promise<ReadonlyMap<number, string>> {
  const waiting = looks.flatMap(({ use }) => use?.waiting ?? []).map(({ sharer }) => Number(sharer))
  const ids = [...new Set(waiting)].filter(Number.isInteger)
  if (ids.length === 0) return new Map()
  const rows = await db
    .select({ run: runs.id, dataflow: dataflows.name })
    .from(runs)
    .innerJoin(dataflows, eq(dataflows.id, runs.dataflowId))
    .where(and(inArray(runs.id, ids), isAmong(dataflows.id, visible)))
  return new Map(rows.map(({ run, dataflow }) => [run, dataflow]))
}
