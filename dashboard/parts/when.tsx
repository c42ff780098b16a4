import { exact, relative } from './text.ts'

interface WhenProps {
  readonly at: Date | string | null
  readonly now: Date
  /** An IANA time zone. Runs are shown in UTC everywhere, schedules in their own zone. */
  readonly timeZone?: string
  /** What to say when there is no such time. */
  readonly never?: string
}

/** An instant, both ways: how long ago, and exactly with its zone, in plain text that touch and keyboard reach as well. */
export function When({ at, now, timeZone = 'UTC', never = '–' }: WhenProps) {
  if (at === null) return <span class="quiet">{never}</span>
  const instant = new Date(at)
  return (
    <time dateTime={instant.toISOString()}>
      {relative(instant, now)}
      <small>{exact(instant, now, timeZone)}</small>
    </time>
  )
}
