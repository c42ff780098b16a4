import type { Surroundings } from '../surroundings.ts'
import { exact, relative } from './text.ts'

interface WhenProps {
  readonly at: Date | string | null
  readonly around: Pick<Surroundings, 'now' | 'zone'>
  /** Another zone than that of whoever looks: a schedule is shown in its own. */
  readonly zone?: string
  /** What to say when there is no such time. */
  readonly never?: string
}

/** An instant, both ways: how long ago, and exactly with its zone, in plain text that touch and keyboard reach as well. */
export function When({ at, around, zone = around.zone, never = '–' }: WhenProps) {
  if (at === null) return <span class="quiet">{never}</span>
  const instant = new Date(at)
  return (
    <time dateTime={instant.toISOString()} title={instant.toISOString()}>
      {relative(instant, around.now)}
      <small>{exact(instant, around.now, zone)}</small>
    </time>
  )
}
