import { type Typed, textIn } from '../../typed.ts'

/** The ways to say when a dataflow runs. What none of the others can say is cron. */
export const WHENS = ['never', 'hourly', 'daily', 'weekdays', 'weekly', 'cron'] as const
export type When = (typeof WHENS)[number]

/** As cron counts them, from Monday on. */
export const WEEKDAYS = [
  { value: '1', name: 'Monday' },
  { value: '2', name: 'Tuesday' },
  { value: '3', name: 'Wednesday' },
  { value: '4', name: 'Thursday' },
  { value: '5', name: 'Friday' },
  { value: '6', name: 'Saturday' },
  { value: '0', name: 'Sunday' },
] as const

/** An hour in which few sign in. */
const USUAL_TIME = '02:30'

interface Schedule {
  readonly schedule?: string | null | undefined
  readonly timezone?: string | undefined
}

/** Whatever a form may say, it is one of them. */
export function whenIn(typed: Typed): When {
  return WHENS.find((when) => when === textIn(typed, 'when')) ?? 'never'
}

/** The fields for a schedule: the simplest way to say it. */
export function typedSchedule({ schedule, timezone }: Schedule): Typed {
  const usual = { timezone, time: USUAL_TIME, weekday: '1', schedule: schedule ?? '' }
  if (!schedule) return { ...usual, when: 'never' }
  if (schedule === '0 * * * *') return { ...usual, when: 'hourly' }
  const fixed = /^([0-5]?\d) ([01]?\d|2[0-3]) \* \* (\*|1-5|[0-6])$/.exec(schedule)
  if (!fixed) return { ...usual, when: 'cron' }
  const [, minute = '', hour = '', days = ''] = fixed
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`
  if (days === '*') return { ...usual, time, when: 'daily' }
  return days === '1-5' ? { ...usual, time, when: 'weekdays' } : { ...usual, time, when: 'weekly', weekday: days }
}

/** The schedule that a form says; null: it runs when somebody asks for it. */
export function scheduleFrom(typed: Typed): { schedule: string | null; timezone: string } {
  return { schedule: cronFrom(typed), timezone: textIn(typed, 'timezone') }
}

function cronFrom(typed: Typed): string | null {
  const [hour = '', minute = ''] = textIn(typed, 'time').split(':')
  const at = `${Number(minute)} ${Number(hour)} * *`
  const crons: Readonly<Record<When, string | null>> = {
    never: null,
    hourly: '0 * * * *',
    daily: `${at} *`,
    weekdays: `${at} 1-5`,
    weekly: `${at} ${textIn(typed, 'weekday')}`,
    cron: textIn(typed, 'schedule').trim(),
  }
  return crons[whenIn(typed)]
}
