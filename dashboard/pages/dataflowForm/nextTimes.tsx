import cronstrue from 'cronstrue'
import { sentences } from '../../../src/dataflow/input.ts'
import { isZone, schedule as scheduleInput, upcomingSlots } from '../../../src/dataflow/schedule.ts'
import { exact, relative } from '../../parts/text.ts'
import type { Surroundings } from '../../surroundings.ts'

interface NextTimesProps {
  readonly schedule: string | null
  readonly timezone: string
  readonly around: Pick<Surroundings, 'now'>
}

/** So many show whether it is what was meant: a week's days, a month's end. */
const SHOWN = 5

/** What a schedule comes to: in words, and its next times in its own zone. What can't be read says why. */
export function NextTimes({ schedule, timezone, around: { now } }: NextTimesProps) {
  if (schedule === null) return <p class="quiet">It runs when somebody asks for it.</p>
  const read = scheduleInput.safeParse(schedule)
  if (!read.success) return <p class="problem">{sentences(read.error.issues.map(({ message }) => message))}</p>
  if (!isZone(timezone)) return <p class="problem">There is no time zone {timezone}.</p>
  return (
    <>
      <p>
        <strong>{inWords(read.data)}</strong> <span class="quiet">{timezone}</span>
      </p>
      <ol>
        {upcomingSlots(read.data, timezone, now, SHOWN).map((slot) => (
          <li key={slot.getTime()}>
            <time dateTime={slot.toISOString()}>
              {exact(slot, now, timezone)} <small>{relative(slot, now)}</small>
            </time>
          </li>
        ))}
      </ol>
    </>
  )
}

/** `30 2 * * *` → `At 02:30`; presets and all. */
export function inWords(schedule: string): string {
  return cronstrue.toString(schedule, { use24HourTimeFormat: true, throwExceptionOnParseError: false })
}
