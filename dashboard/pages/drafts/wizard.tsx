import type { ComponentChildren } from 'preact'
import type { AskError } from '../../../src/errors.ts'
import { ChangeForm } from '../../parts/changeForm.tsx'
import { PageHead } from '../../parts/pageHead.tsx'
import { Problems } from '../../parts/problems.tsx'
import { Steps } from '../../parts/steps.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { Layout } from '../layout.tsx'
import { addressOf, type Draft, isDone, STEPS, type StepName, stepBefore, TITLES } from './steps.ts'

interface WizardProps {
  readonly step: StepName
  /** Undefined before the first answer. */
  readonly draft: Draft | undefined
  readonly problem: AskError | undefined
  readonly around: Surroundings
  readonly children: ComponentChildren
}

/** The frame of each step: what is described, how far it is, and what is wrong. */
export function Wizard({ step, draft, problem, around, children }: WizardProps) {
  const name = draft?.answers.name ?? 'New dataflow'
  const title = `${TITLES[step]} · ${draft ? name : 'New dataflow'}`
  const steps = STEPS.map((step) => ({
    name: TITLES[step],
    href: draft && addressOf(draft, step),
    done: draft !== undefined && isDone(draft, step),
  }))
  return (
    <Layout title={problem ? `Error: ${title}` : title} current="Dataflows" around={around}>
      <PageHead
        title={name}
        crumbs={[
          { name: 'Dataflows', href: '/' },
          { name: 'New dataflow', href: '/dataflows/new' },
        ]}
      />
      <Steps steps={steps} current={TITLES[step]} />
      <Problems problem={problem} />
      {children}
    </Layout>
  )
}

interface StepFormProps {
  readonly step: StepName
  readonly draft: Draft
  readonly around: Surroundings
  /** What the button says that sends the form. */
  readonly verb?: string
  /** Where it is not what most will want. */
  readonly aside?: boolean
  /** Further ways to go on. */
  readonly more?: ComponentChildren
  readonly children: ComponentChildren
}

/** What a step asks for, with the buttons that go on and back. */
export function StepForm({ step, draft, around, verb = 'Next', aside = false, more, children }: StepFormProps) {
  const before = stepBefore(step)
  return (
    <ChangeForm action={addressOf(draft, step)} csrf={around.csrf}>
      <input type="hidden" name="version" value={String(draft.version)} />
      {children}
      <div class="actions">
        <button type="submit" class={aside ? undefined : 'main'}>
          {verb}
        </button>
        {more}
        {before && (
          <a class="button" href={addressOf(draft, before)}>
            Back
          </a>
        )}
      </div>
    </ChangeForm>
  )
}
