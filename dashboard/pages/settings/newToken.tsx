import type { Call } from '../../../src/api/contract.ts'
import type { AskError } from '../../../src/errors.ts'
import { ChangeForm } from '../../parts/changeForm.tsx'
import { SelectField, TextArea, TextField } from '../../parts/field.tsx'
import { Problems, problemOf } from '../../parts/problems.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { Setting } from './settings.tsx'

/** The form as somebody has filled it in. */
export interface TypedToken {
  readonly name: string
  readonly role: NonNullable<Call<'createToken'>['body']['role']>
  readonly personal: boolean
  /** A name a line. */
  readonly dataflows: string
  /** In so many days it expires; empty: never. */
  readonly days: string
}

interface NewTokenPageProps {
  readonly typed: TypedToken
  readonly problem?: AskError
  readonly around: Surroundings
}

const ROLES = [
  { value: 'viewer', name: 'Viewer: looks at everything' },
  { value: 'operator', name: 'Operator: runs, cancels, rolls back as well' },
  { value: 'admin', name: 'Admin: dataflows, tokens and settings as well' },
]

const ENDS = [
  { value: '7', name: 'In 7 days' },
  { value: '30', name: 'In 30 days' },
  { value: '90', name: 'In 90 days' },
  { value: '365', name: 'In a year' },
  { value: '', name: 'Never' },
]

export function NewTokenPage({ typed, problem, around }: NewTokenPageProps) {
  return (
    <Setting section="Tokens" title={problem ? 'Error: New token' : 'New token'} around={around}>
      <Problems problem={problem} />
      <ChangeForm action="/settings/tokens/new" csrf={around.csrf}>
        <TextField
          label="Name"
          name="name"
          value={typed.name}
          hint="Of the program or the person that uses it: history and the audit log call it so."
          problem={problemOf(problem, 'name')}
          required
        />
        <SelectField label="Role" name="role" value={typed.role} options={ROLES} problem={problemOf(problem, 'role')} />
        <div class="labelled">
          <label class="tick">
            <input type="checkbox" name="personal" value="yes" checked={typed.personal} />
            Show personal values as they are
          </label>
          <small>Otherwise they are masked. An admin sees them anyway.</small>
        </div>
        <TextArea
          label="Only for these dataflows"
          name="dataflows"
          value={typed.dataflows}
          hint="A name a line. Empty: for all of them, future ones as well."
          problem={problemOf(problem, 'dataflows')}
        />
        <SelectField
          label="Expires"
          name="days"
          value={typed.days}
          options={ENDS}
          problem={problemOf(problem, 'expiresAt')}
        />
        <div class="actions">
          <button type="submit" class="main">
            Make token
          </button>
          <a href="/settings/tokens">Cancel</a>
        </div>
      </ChangeForm>
    </Setting>
  )
}
