import { Cron } from 'croner'
import { z } from 'zod'
import { closest } from './closest.ts'

/** What croner takes in place of five fields. */
const PRESETS = ['@hourly', '@daily', '@midnight', '@weekly', '@monthly', '@yearly', '@annually']

const FORM = 'use five fields (minute hour day month weekday, such as "30 2 * * *") or a preset such as @daily'

/**
 * Spells out the minutes where the hours are fixed (`*\/20 2 * * *` becomes `0,20,40 2 * * *`).
 * croner counts any wildcard or step in minute or hour as an interval, whose times in a daylight-saving gap are skipped
 * and in a repeated hour taken twice: such a schedule missed the night of the change (croner 11.0.1, Europe/Berlin).
 */
function spellOutMinutes(cron: string): string {
  const [minute = '', hour = '', ...rest] = cron.split(/\s+/)
  const range = /^(?:\*|([0-5]?\d)-([0-5]?\d))(?:\/([1-9]|[1-5]\d))?$/.exec(minute)
  if (!range || /[*?/]/.test(hour)) return cron
  const [first, last, step] = [Number(range[1] ?? 0), Number(range[2] ?? 59), Number(range[3] ?? 1)]
  const minutes: number[] = []
  for (let next = first; next <= last; next += step) minutes.push(next)
  return minutes.length ? [minutes.join(','), hour, ...rest].join(' ') : cron
}

/** `no-wildcard`: a list of hours (`30 2,14 * * *`) is as fixed as a single one, as in Vixie cron. */
function readCron(cron: string, timezone: string): Cron {
  const pattern = cron.startsWith('@') ? cron.toLowerCase() : spellOutMinutes(cron)
  return new Cron(pattern, { timezone, fixedTimeRule: 'no-wildcard', paused: true })
}

/**
 * The first slot after `after`, to the minute.
 *
 * Daylight saving: a fixed time that falls into the gap comes once, at the first time that exists; one that is repeated
 * comes once, the first time round. A schedule that runs every hour or every n hours keeps to the clock's intervals:
 * it has one slot less in the day of the gap and one more in the day of the repeat.
 * @param cron five fields or a preset that `schedule` has let through
 * @param timezone an IANA name that `timezone` has let through
 * @throws RangeError where there is none, which `schedule` refuses
 */
export function nextSlot(cron: string, timezone: string, after: Date): Date {
  const slot = readCron(cron, timezone).nextRun(after)
  if (!slot) throw new RangeError('the schedule has no slot left')
  return slot
}

/** The next `count` slots after `from`, earliest first. */
export function upcomingSlots(cron: string, timezone: string, from: Date, count: number): Date[] {
  return readCron(cron, timezone).nextRuns(count, from)
}

/** Why a schedule can't be taken, in a person's words; undefined when it can. */
function scheduleProblem(cron: string): string | undefined {
  if (cron.startsWith('@')) {
    return PRESETS.includes(cron.toLowerCase()) ? undefined : `there is no preset ${cron}; use ${PRESETS.join(', ')}`
  }
  const fields = cron.split(/\s+/).length
  if (fields === 6 || fields === 7) return `the schedule has ${fields} fields; seconds and years are not taken: ${FORM}`
  if (fields !== 5) return `the schedule has ${fields} ${fields === 1 ? 'field' : 'fields'}; ${FORM}`
  try {
    return readCron(cron, 'UTC').nextRun() ? undefined : 'the schedule names a day that never comes'
  } catch (error) {
    const detail = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : ''
    return `the schedule can't be read (${detail}); ${FORM}`
  }
}

/** A schedule: five cron fields or a preset, with a slot to come. */
export const schedule = z
  .string()
  .trim()
  .max(200, 'the schedule is too long')
  .superRefine((cron, context) => {
    const message = scheduleProblem(cron)
    if (message) context.addIssue({ code: 'custom', message })
  })

const KNOWN_ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone')]

/** Whether this Node knows the zone, old names such as Asia/Calcutta included. Offsets (+02:00) know no daylight saving. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** The zone that was meant: a city of that name (`berlin`), else the nearest spelling. */
function meantZone(name: string): string | undefined {
  const city = `/${name.trim().replaceAll(' ', '_').toLowerCase()}`
  return KNOWN_ZONES.find((zone) => zone.toLowerCase().endsWith(city)) ?? closest(name, KNOWN_ZONES)
}

/** An IANA time zone, in the spelling of the tz database where only the case differs. */
export const timezone = z
  .string()
  .trim()
  .superRefine((name, context) => {
    if (isZone(name)) return
    const meant = meantZone(name)
    const hint = meant ? `did you mean ${meant}?` : 'use an IANA name such as Europe/Berlin or UTC'
    context.addIssue({ code: 'custom', message: `there is no time zone ${name}; ${hint}` })
  })
  .transform((name) => KNOWN_ZONES.find((zone) => zone.toLowerCase() === name.toLowerCase()) ?? name)
