import { Policy } from '../../parts/copyable.tsx'
import { missingAmong, Permissions } from '../../parts/permissions.tsx'
import { counted, grouped } from '../../parts/text.ts'
import { ConnectionFields } from '../dataflowForm/connectionFields.tsx'
import { GuideBeside } from '../guide/beside.tsx'
import type { StepProps } from './stepProps.ts'
import { addressOf, type Draft } from './steps.ts'
import { StepForm, Wizard } from './wizard.tsx'

/** Where the pool is and what opens it; beside that, what was found out. */
export function ConnectionPage({ draft, typed, problem, around }: StepProps) {
  const { hasSecret, externalId, trust, found, policy } = draft
  return (
    <Wizard step="connection" draft={draft} problem={problem} around={around}>
      <div class="beside">
        <StepForm
          step="connection"
          draft={draft}
          around={around}
          verb={found?.pool ? 'Connect again' : 'Connect'}
          aside={found?.pool !== undefined}
          more={
            found?.pool && (
              <a class="button main" href={addressOf(draft, 'tables')}>
                Next
              </a>
            )
          }
        >
          <h2 class="heard">Connect</h2>
          <ConnectionFields typed={typed} problem={problem} hasSecret={hasSecret} role={{ externalId, trust }} />
        </StepForm>
        <aside>
          {(found?.pool || (found && !problem)) && <Found found={found} wanted={wantedBy(draft)} />}
          <h2>Least-privilege policy for the tables chosen</h2>
          <Policy id="policy" policy={policy} label="IAM policy" />
          <GuideBeside />
        </aside>
      </div>
    </Wizard>
  )
}

/** The tables that a draft imports, by name. */
export const wantedBy = ({ tables }: Draft) => tables.map(({ source }) => source)

interface FoundProps {
  readonly found: NonNullable<Draft['found']>
  readonly wanted: readonly string[]
}

/** What the credentials may read, action by action. */
export function Found({ found: { pool, checks }, wanted }: FoundProps) {
  const missing = missingAmong(checks, wanted)
  return (
    <section aria-labelledby="found">
      <h2 id="found">What these credentials may read</h2>
      {pool && (
        <p>
          <strong>{pool.name}</strong>: about {grouped(pool.estimatedUsers)} users,{' '}
          {counted(pool.attributes.filter(({ name }) => name.includes('custom:')).length, 'custom attribute')}
        </p>
      )}
      {pool && missing.length > 0 && (
        <p class="explained held">
          {counted(missing.length, 'permission')} of what you chose {missing.length === 1 ? 'is' : 'are'} missing. Add
          the policy below to the user or role and connect again, or go on and leave those tables out.
        </p>
      )}
      <Permissions checks={checks} wanted={wanted} />
    </section>
  )
}
