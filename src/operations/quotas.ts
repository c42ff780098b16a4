import { setTimeout as pause } from 'node:timers/promises'
import type { Quota } from '../cognito/quotas.ts'
import { EVERYTHING } from '../db/schema/quotas.ts'
import { figuresOf, type Look } from '../quota/figures.ts'
import { lookAtQuotas, waitingRuns } from '../quota/look.ts'
import { listShares, type Share, setShare as set, unsetShare as unset } from '../quota/shares.ts'
import { audited } from './audited.ts'
import type { Handler, OperationContext } from './context.ts'

/** How many requests go out in a second is seen from two looks. */
const BETWEEN_LOOKS_MS = 1_000

export const showQuotas: Handler<'showQuotas'> = async (context, { look: times }) => {
  const { db, caller, signal } = context
  const before = times === 'twice' ? await look(context) : undefined
  if (before?.quotas.some(({ use }) => use)) await pause(BETWEEN_LOOKS_MS, undefined, { signal })
  const now = await look(context)
  const quotas = figuresOf(before, now, await waitingRuns(db, now.quotas, caller.dataflows))
  return { quotas, shares: await sharesFor(context, quotas) }
}

export const setShare: Handler<'setShare'> = (context, { body }) =>
  audited(context, entryOf('setShare'), (tx) => set(tx, body))

export const unsetShare: Handler<'unsetShare'> = (context, scope) =>
  audited(context, entryOf('unsetShare'), (tx) => unset(tx, scope))

/** Whoever may see some dataflows is told of the accounts of those. */
async function sharesFor({ db, caller }: OperationContext, quotas: readonly Quota[]): Promise<Share[]> {
  const shares = await listShares(db)
  if (caller.dataflows === null) return shares
  const accounts = new Set([EVERYTHING, ...quotas.map(({ account }) => account)])
  return shares.filter(({ account }) => accounts.has(account))
}

const entryOf = (action: string) => (details: Share) => ({ action, details: { ...details } })

async function look({ db, redis, caller }: OperationContext): Promise<Look> {
  // a probe gives up at the first trouble, and whoever looks again wants to see Redis come back
  if (redis.status === 'end') await redis.connect().catch(() => undefined)
  return { quotas: await lookAtQuotas(db, redis, caller.dataflows), atMs: performance.now() }
}
