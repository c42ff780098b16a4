import type { Surroundings } from '../surroundings.ts'
import { day, exact, relative } from './text.ts'

interface WhenProps {
  readonly at: Date | string | null
  readonly around: Pick<Surroundings, 'now' | 'zone'>
  /** Another zone than that of whoever looks: a schedule is shown in its own. */
  readonly zone?: string
  /** What to say when there is no such time. */
  readonly never?: string
  /** Among many of them: the zone of whoever looks goes without saying, because the page says it once. */
  readonly brief?: boolean
}

/** An instant, both ways: how long ago, and exactly with its zone, in plain text that touch and keyboard reach as well. */
export function When({ at, around, zone = around.zone, never = '–', brief = false }: WhenProps) {
  if (at === null) return <span class="quiet">{never}</span>
  const instant = new Date(at)
  const said = exact(instant, around.now, zone)
  return (
    <time dateTime={instant.toISOString()} title={said}>
      {relative(instant, around.now)}
      <small>{brief && zone === around.zone ? said.slice(0, -zone.length - 1) : said}</small>
    </time>
  )
}

/** The day of an instant, where the time of day matters little; the page about the thing itself tells it. */
export function Day({ at, around: { now, zone } }: Pick<WhenProps, 'around'> & { readonly at: string }) {
  const instant = new Date(at)
  return (
    <time dateTime={instant.toISOString()} title={exact(instant, now, zone)}>
      {day(instant, now, zone)}
    </time>
  )
}
