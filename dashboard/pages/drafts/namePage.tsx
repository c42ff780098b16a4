import type { AskError } from '../../../src/errors.ts'
import { Action } from '../../parts/action.tsx'
import { ChangeForm } from '../../parts/changeForm.tsx'
import { TextField } from '../../parts/field.tsx'
import { problemOf } from '../../parts/problems.tsx'
import { When } from '../../parts/when.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { type Typed, textIn } from '../../typed.ts'
import { addressOf, type Draft, stepToGoOn } from './steps.ts'
import { StepForm, Wizard } from './wizard.tsx'

interface NewPageProps {
  readonly typed: Typed
  readonly problem: AskError | undefined
  /** What was begun before. */
  readonly drafts: readonly Draft[]
  readonly around: Surroundings
}

/** Where a dataflow begins: with its name, or with what was begun before. */
export function NewPage({ typed, problem, drafts, around }: NewPageProps) {
  return (
    <Wizard step="name" draft={undefined} problem={problem} around={around}>
      <ChangeForm action="/dataflows/new" csrf={around.csrf}>
        <NameField typed={typed} problem={problem} />
        <div class="actions">
          <button type="submit" class="main">
            Next
          </button>
          <a class="button" href="/">
            Cancel
          </a>
        </div>
      </ChangeForm>
      {drafts.length > 0 && <Begun drafts={drafts} around={around} />}
    </Wizard>
  )
}

interface NamePageProps {
  readonly typed: Typed
  readonly problem: AskError | undefined
  readonly draft: Draft
  readonly around: Surroundings
}

/** The name once more. */
export function NamePage({ typed, problem, draft, around }: NamePageProps) {
  return (
    <Wizard step="name" draft={draft} problem={problem} around={around}>
      <StepForm step="name" draft={draft} around={around}>
        <NameField typed={typed} problem={problem} />
      </StepForm>
    </Wizard>
  )
}

function NameField({ typed, problem }: Pick<NamePageProps, 'typed' | 'problem'>) {
  return (
    <>
      <TextField
        label="Name"
        name="name"
        value={textIn(typed, 'name')}
        hint="It starts with a letter and has only letters and digits, no spaces. Its tables are named after it, for good."
        problem={problemOf(problem, 'name')}
        autocomplete="off"
        autofocus={!problem}
        hx={{
          'hx-get': '/dataflows/new/check',
          'hx-trigger': 'input changed delay:300ms',
          'hx-target': '#name-check',
          'hx-swap': 'innerHTML',
        }}
      />
      <div id="name-check" class="check" aria-live="polite" />
    </>
  )
}

/** What is said of a name while it is typed. */
export function NameCheck({ name, problem }: { readonly name: string; readonly problem: string | undefined }) {
  if (name === '') return null
  if (problem) return <p class="problem">{problem}</p>
  return (
    <p class="fine">
      <span aria-hidden="true">✓</span> {name} is free. Its tables will be in the schema{' '}
      <code>{name.toLowerCase()}</code>.
    </p>
  )
}

function Begun({ drafts, around }: { readonly drafts: readonly Draft[]; readonly around: Surroundings }) {
  return (
    <section class="begun">
      <h2>Begun before</h2>
      <ul>
        {drafts.map((draft) => (
          <li key={draft.id}>
            <a href={addressOf(draft, stepToGoOn(draft))}>
              Go on with {draft.answers.name ?? `draft ${draft.id}`}
              {draft.answers.poolId && <small>{draft.answers.poolId}</small>}
            </a>
            <When at={draft.updatedAt} around={around} />
            <Action name="Discard" to={`/drafts/${draft.id}/discard`} around={around} />
          </li>
        ))}
      </ul>
      <p class="quiet">What nobody goes on with for 14 days is thrown away, with the secret in it.</p>
    </section>
  )
}
