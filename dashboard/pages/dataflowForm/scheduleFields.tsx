import type { AskError } from '../../../src/errors.ts'
import { SelectField, TextField } from '../../parts/field.tsx'
import { problemOf } from '../../parts/problems.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { type Typed, textIn } from '../../typed.ts'
import { NextTimes } from './nextTimes.tsx'
import { scheduleFrom, WEEKDAYS, WHENS, type When, whenIn } from './schedule.ts'

interface ScheduleFieldsProps {
  readonly typed: Typed
  readonly problem: AskError | undefined
  readonly around: Surroundings
}

const NAMES: Readonly<Record<When, string>> = {
  never: 'Only when asked',
  hourly: 'Every hour',
  daily: 'Every day',
  weekdays: 'Monday to Friday',
  weekly: 'Every week',
  cron: 'Advanced: cron',
}

const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]

/** When a dataflow runs: the usual ways first. What it comes to is told while somebody types. */
export function ScheduleFields({ typed, problem, around }: ScheduleFieldsProps) {
  const zone = textIn(typed, 'timezone') || around.zone
  return (
    <>
      <fieldset
        id="schedule-fields"
        class="schedule"
        hx-get="/schedule/next"
        hx-trigger="input delay:300ms"
        hx-include="#schedule-fields"
        hx-target="#next-times"
        hx-swap="innerHTML"
      >
        <div class="segments" role="radiogroup" aria-label="How often">
          {WHENS.map((when) => (
            <label key={when}>
              <input type="radio" name="when" value={when} checked={whenIn(typed) === when} />
              {NAMES[when]}
            </label>
          ))}
        </div>
        <div class="only weekly">
          <SelectField label="Day" name="weekday" value={textIn(typed, 'weekday')} options={WEEKDAYS} />
        </div>
        <div class="only daily weekdays weekly">
          <TextField
            label="Time"
            name="time"
            type="time"
            value={textIn(typed, 'time')}
            hint="When few people sign in: the quota is shared with them."
          />
        </div>
        <div class="only cron">
          <TextField
            label="Cron"
            name="schedule"
            value={textIn(typed, 'schedule')}
            hint={
              <>
                Minute, hour, day, month, weekday: <code>30 2 * * *</code>; or <code>@daily</code>.
              </>
            }
            problem={problemOf(problem, 'schedule')}
            autocomplete="off"
          />
        </div>
        <div class="only hourly daily weekdays weekly cron">
          <SelectField
            label="Time zone"
            name="timezone"
            value={zone}
            problem={problemOf(problem, 'timezone')}
            options={ZONES.map((name) => ({ value: name, name }))}
          />
        </div>
      </fieldset>
      <div id="next-times" class="next" aria-live="polite">
        <NextTimes {...scheduleFrom({ ...typed, timezone: zone })} around={around} />
      </div>
    </>
  )
}
