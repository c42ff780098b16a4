import { DetailsFields } from '../dataflowForm/details.tsx'
import type { StepProps } from './stepProps.ts'
import { StepForm, Wizard } from './wizard.tsx'

/** What people call it. */
export function DetailsPage({ draft, typed, problem, around }: StepProps) {
  return (
    <Wizard step="details" draft={draft} problem={problem} around={around}>
      <StepForm step="details" draft={draft} around={around}>
        <h2>Set dataflow name</h2>
        <DetailsFields typed={typed} problem={problem} name={draft.answers.name ?? 'its name'} />
      </StepForm>
    </Wizard>
  )
}
