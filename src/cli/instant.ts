import { InvalidArgumentError } from 'commander'

const LENGTHS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Parses `90d`, `12h` or `30m` from now on, or a date. @returns ISO 8601 */
export const fromNow = (text: string) => instantOf(text, 1)

/** Parses `90d`, `12h` or `30m` ago, or a date. @returns ISO 8601 */
export const ago = (text: string) => instantOf(text, -1)

function instantOf(text: string, direction: 1 | -1): string {
  const [, count, unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? []
  const at = count ? Date.now() + direction * Number(count) * (LENGTHS[unit] ?? 0) : dateIn(text)
  if (Number.isNaN(at)) throw new InvalidArgumentError('it is a time such as 90d, 12h, 30m or 2026-11-24.')
  return new Date(at).toISOString()
}

/** Only what begins as ISO 8601 has it: Date.parse takes "12" for a month. */
function dateIn(text: string): number {
  return /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN
}
