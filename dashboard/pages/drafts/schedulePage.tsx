import { LimitFields } from '../dataflowForm/limits.tsx'
import { ScheduleFields } from '../dataflowForm/scheduleFields.tsx'
import type { StepProps } from './stepProps.ts'
import { StepForm, Wizard } from './wizard.tsx'

/** When it runs, and what holds for its runs. */
export function SchedulePage({ draft, typed, problem, around }: StepProps) {
  return (
    <Wizard step="schedule" draft={draft} problem={problem} around={around}>
      <StepForm step="schedule" draft={draft} around={around}>
        <h2>When it runs</h2>
        <ScheduleFields typed={typed} problem={problem} around={around} />
        <details open={problem !== undefined}>
          <summary>Snapshots, guard and limits</summary>
          <LimitFields typed={typed} problem={problem} />
        </details>
      </StepForm>
    </Wizard>
  )
}
