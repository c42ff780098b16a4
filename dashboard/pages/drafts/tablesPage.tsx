import type { Offer } from '../dataflowForm/offer.ts'
import { TableFields } from '../dataflowForm/tableFields.tsx'
import { Found, wantedBy } from './connectionPage.tsx'
import type { StepProps } from './stepProps.ts'
import { StepForm, Wizard } from './wizard.tsx'

/** What is imported, each table for its purpose. */
export function TablesPage({
  draft,
  typed,
  problem,
  around,
  offers,
}: StepProps & { readonly offers: readonly Offer[] }) {
  const { answers, found } = draft
  return (
    <Wizard step="tables" draft={draft} problem={problem} around={around}>
      {found ? (
        <details class="found">
          <summary>What these credentials may read</summary>
          <Found found={found} wanted={wantedBy(draft)} />
        </details>
      ) : (
        <p class="explained held">Connect first, and each table says how much there is of it.</p>
      )}
      <StepForm step="tables" draft={draft} around={around}>
        <h2>Table Details</h2>
        <TableFields typed={typed} problem={problem} offers={offers} schema={(answers.name ?? '').toLowerCase()} />
      </StepForm>
    </Wizard>
  )
}
