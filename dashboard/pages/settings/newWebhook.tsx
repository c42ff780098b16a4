import type { Output } from '../../../src/api/contract.ts'
import type { AskError } from '../../../src/errors.ts'
import { ChangeForm } from '../../parts/changeForm.tsx'
import { SelectField, TextArea, TextField } from '../../parts/field.tsx'
import { Problems, problemOf } from '../../parts/problems.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { Setting } from './settings.tsx'

/** The form as somebody has filled it in, without the address. */
export interface TypedWebhook {
  readonly name: string
  readonly format: string
  readonly events: readonly string[]
  /** A name a line. */
  readonly dataflows: string
}

type AlertEvent = Output<'listWebhooks'>['items'][number]['events'][number]

/** What a webhook can be told of, in words. */
export const EVENTS: readonly { readonly name: AlertEvent; readonly words: string }[] = [
  { name: 'run.failed', words: 'A run failed' },
  { name: 'run.held', words: 'A run is held and waits for a person' },
  { name: 'run.recovered', words: 'A dataflow is well again' },
  { name: 'dataflow.late', words: 'A dataflow is late' },
  { name: 'quota.throttled', words: 'Cognito throttles hard' },
]

const FORMATS = [
  { value: 'json', name: 'JSON, signed' },
  { value: 'slack', name: 'Slack' },
]

interface NewWebhookPageProps {
  readonly typed: TypedWebhook
  readonly problem?: AskError
  readonly around: Surroundings
}

export function NewWebhookPage({ typed, problem, around }: NewWebhookPageProps) {
  return (
    <Setting section="Webhooks" title={problem ? 'Error: New webhook' : 'New webhook'} around={around}>
      <Problems problem={problem} />
      <ChangeForm action="/settings/webhooks/new" csrf={around.csrf}>
        <TextField label="Name" name="name" value={typed.name} problem={problemOf(problem, 'name')} required />
        <TextField
          label="Address"
          name="url"
          type="url"
          placeholder="https://…"
          hint="Often the secret itself, as Slack’s is: it is sealed, and no page shows it again."
          problem={problemOf(problem, 'url')}
          autocomplete="off"
          required
        />
        <SelectField
          label="Format"
          name="format"
          value={typed.format}
          options={FORMATS}
          problem={problemOf(problem, 'format')}
        />
        <EventsField events={typed.events} problem={problemOf(problem, 'events')} />
        <TextArea
          label="Only of these dataflows"
          name="dataflows"
          value={typed.dataflows}
          hint="A name a line. Empty: of all of them, and of the quotas."
          problem={problemOf(problem, 'dataflows')}
        />
        <div class="actions">
          <button type="submit" class="main">
            Make webhook
          </button>
          <a href="/settings/webhooks">Cancel</a>
        </div>
      </ChangeForm>
    </Setting>
  )
}

interface EventsFieldProps {
  readonly events: readonly string[]
  readonly problem: string | undefined
}

function EventsField({ events, problem }: EventsFieldProps) {
  return (
    <fieldset id="events" aria-describedby={problem && 'events-problem'}>
      <legend>Tell of</legend>
      {EVENTS.map(({ name, words }) => (
        <label key={name} class="tick">
          <input type="checkbox" name="events" value={name} checked={events.includes(name)} />
          {words}
        </label>
      ))}
      {problem && (
        <p id="events-problem" class="problem">
          {problem}
        </p>
      )}
    </fieldset>
  )
}
