import type { Request } from 'express'
import { isZone } from '../src/dataflow/schedule.ts'

/** Named by scripts/zone.js, which writes it: browsers tell a server nothing of their zone. */
const COOKIE = 'poolkeeper-zone'

/** The time zone of whoever looks; UTC for a browser that has told none. */
export function zoneOf({ cookies }: Request): string {
  const zone: unknown = cookies[COOKIE]
  return typeof zone === 'string' && zone.length < 64 && isZone(zone) ? zone : 'UTC'
}
