import type { Request } from 'express'
import { isZone } from '../src/dataflow/schedule.ts'

/** Named by scripts/zone.js, which writes it: browsers tell a server nothing of their zone. */
const COOKIE = 'poolkeeper-zone'

/** The time zone of whoever looks; UTC for a browser that has told none. */
export function zoneOf({ cookies }: Request): string {
  const zone: unknown = cookies[COOKIE]
  return typeof zone === 'string' && zone.length < 64 && isZone(zone) ? zone : 'UTC'
}

const DAY_MS = 86_400_000

/** The first instant of a day, such as `2026-11-24`, in a zone. */
export function startOfDay(day: string, zone: string): Date {
  const midnight = Date.parse(`${day}T00:00:00Z`)
  const offsetAt = (ms: number) => offsetMs(new Date(ms), zone)
  // the offset of a day's midnight there need not be that of its midnight in UTC
  const near = midnight - offsetAt(midnight)
  const start = midnight - offsetAt(near)
  // where clocks go forward at midnight there is none: the day begins with what comes after
  return new Date(offsetAt(start) === offsetAt(near) ? start : Math.max(start, near))
}

/** The first instant of the day after it. */
export function endOfDay(day: string, zone: string): Date {
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10)
  return startOfDay(next, zone)
}

/** How far a zone's clocks are ahead of UTC. */
function offsetMs(at: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(at)
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign = '+', hours = '0', minutes = '0'] = /^GMT([+-])(\d\d):(\d\d)/.exec(name) ?? []
  return Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * 60_000
}
