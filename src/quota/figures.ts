import { type QuotaLook, waitingIn } from './look.ts'

/** What was seen, and when. */
export interface Look {
  readonly quotas: readonly QuotaLook[]
  readonly atMs: number
}

/** What Redis counts of a quota. */
interface UseFigures {
  /** Requests a second that may go out now. */
  readonly ceiling: number
  /** Whether that is less than allowed, because Cognito has throttled. */
  readonly slowed: boolean
  /** Requests a second that went out between two looks. */
  readonly usedNow: number | null
  /** Requests in line. */
  readonly waiting: number
  readonly granted: number
  readonly waitedSeconds: number
  readonly throttled: number
  /** Since when these three are counted; null when nothing was asked for within a day. */
  readonly since: string | null
  readonly runs: readonly { readonly run: number; readonly dataflow: string; readonly requests: number }[]
}

/** A quota as `--json` shows it; what Redis counts is null while it is away. */
export type QuotaFigures = Omit<QuotaLook, 'use'> & { readonly [Figure in keyof UseFigures]: UseFigures[Figure] | null }

const UNKNOWN = {
  ...{ ceiling: null, slowed: null, usedNow: null, waiting: null, granted: null },
  ...{ waitedSeconds: null, throttled: null, since: null, runs: null },
}

/**
 * @param before without an earlier look nobody knows how many requests go out
 * @param dataflows of the runs that wait, by run
 */
export function figuresOf(before: Look | undefined, now: Look, dataflows: ReadonlyMap<number, string>): QuotaFigures[] {
  const seconds = before ? (now.atMs - before.atMs) / 1_000 : 0
  return now.quotas.map(({ use, ...quota }) => {
    if (!use) return { ...quota, ...UNKNOWN }
    const earlier = before?.quotas.find(isOf(quota))?.use
    return {
      ...quota,
      ceiling: use.ceiling,
      slowed: use.ceiling < quota.allowed,
      // what is forgotten after a day is counted from zero
      usedNow: earlier ? Math.max(0, use.granted - earlier.granted) / seconds : null,
      waiting: waitingIn(use),
      granted: use.granted,
      waitedSeconds: use.waitedMs / 1_000,
      throttled: use.throttled,
      since: use.since === null ? null : new Date(use.since).toISOString(),
      runs: use.waiting.flatMap(({ sharer, requests }) => {
        const dataflow = dataflows.get(Number(sharer))
        return dataflow === undefined ? [] : [{ run: Number(sharer), dataflow, requests }]
      }),
    }
  })
}

const isOf =
  ({ account, region, category }: Omit<QuotaLook, 'use'>) =>
  (other: QuotaLook) =>
    other.account === account && other.region === region && other.category === category
