import type { Check } from './check.ts'

/** How far somebody's clock is ahead of this machine's; behind where it is negative. */
export interface Reading {
  readonly whose: string
  readonly aheadMs: number
}

/**
 * The least that is surely no error of the reading: AWS tells whole seconds, and an answer may be a second on its way. A
 * machine that is set by NTP is off by milliseconds.
 */
const OFF_MS = 2_000

/** AWS refuses signatures that are further off. */
const REFUSED_MS = 5 * 60_000

const REMEDY = 'Set it by NTP (chrony, systemd-timesyncd).'

/** Asks a server for its clock, taking it that the question took as long as the answer. */
export async function readClock(whose: string, ask: () => Promise<number>): Promise<Reading> {
  const asked = Date.now()
  const there = await ask()
  return { whose, aheadMs: there - (asked + Date.now()) / 2 }
}

/** Clocks: slots and patience go by Postgres's, signatures by AWS's, the quota's slots by Redis's. */
export function checkClocks(readings: readonly Reading[]): Check[] {
  if (readings.length === 0) return []
  const off = readings.filter(({ aheadMs }) => Math.abs(aheadMs) >= OFF_MS)
  const worst = Math.max(0, ...off.map(({ aheadMs }) => Math.abs(aheadMs)))
  if (worst === 0) return [{ check: 'Clock', status: 'ok', detail: `within 2 s of ${listed(readings)}` }]
  const status = worst >= REFUSED_MS ? 'failed' : 'warning'
  return [{ check: 'Clock', status, detail: isOurs(readings, off) ? ours(off, worst) : theirs(off) }]
}

/** Where all the others agree with each other, it is this machine. */
function isOurs(readings: readonly Reading[], off: readonly Reading[]): boolean {
  const times = off.map(({ aheadMs }) => aheadMs)
  return off.length > 1 && off.length === readings.length && Math.max(...times) - Math.min(...times) < OFF_MS
}

function ours(off: readonly Reading[], worst: number): string {
  const behind = (off[0]?.aheadMs ?? 0) > 0
  return `This machine's clock is ${seconds(worst)} ${behind ? 'behind' : 'ahead of'} ${listed(off)}. ${REMEDY}`
}

function theirs(off: readonly Reading[]): string {
  const found = off.map(
    ({ whose, aheadMs }) =>
      `${whose}'s clock is ${seconds(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine's`,
  )
  return `${found.join(', ')}. ${REMEDY}`
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000).toLocaleString('en')} s`
}

function listed(readings: readonly Reading[]): string {
  return new Intl.ListFormat('en').format(readings.map(({ whose }) => `${whose}'s`))
}
