import type { Output } from '../../../src/api/contract.ts'
import { QUOTA_CATEGORIES, QUOTA_SHARE } from '../../../src/cognito/quotas.ts'
import { EVERYTHING } from '../../../src/db/schema/quotas.ts'
import type { AskError } from '../../../src/errors.ts'
import { Action } from '../../parts/action.tsx'
import { ChangeForm } from '../../parts/changeForm.tsx'
import { SelectField, TextField } from '../../parts/field.tsx'
import { problemOf } from '../../parts/problems.tsx'
import { percent } from '../../parts/text.ts'
import type { Surroundings } from '../../surroundings.ts'
import type { TypedShare } from './quotas.tsx'

type Found = Output<'showQuotas'>

interface SharesTableProps {
  readonly shares: Found['shares']
  /** Whether whoever looks may change them. */
  readonly sets: boolean
  readonly around: Surroundings
}

export function SharesTable({ shares, sets, around }: SharesTableProps) {
  if (shares.length === 0) return <p>None: {percent(QUOTA_SHARE)} of every quota may be used.</p>
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">Account</th>
          <th scope="col">Category</th>
          <th scope="col" class="number">
            Share
          </th>
          {sets && <td />}
        </tr>
      </thead>
      <tbody>
        {shares.map(({ account, category, share }) => (
          <tr key={`${account} ${category}`}>
            <th scope="row">{accountName(account)}</th>
            <td data-label="Category">{categoryName(category)}</td>
            <td data-label="Share" class="number">
              {percent(share)}
            </td>
            {sets && (
              <td>
                <Action name="Take back" to="/quotas/unset" fields={{ account, category }} around={around} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const accountName = (account: string) => (account === EVERYTHING ? 'Every account' : account)
const categoryName = (category: string) => (category === EVERYTHING ? 'Every category' : category)

interface ShareFormProps {
  readonly quotas: Found['quotas']
  readonly typed: TypedShare
  readonly problem: AskError | undefined
  readonly around: Surroundings
}

/** The narrowest that is set counts, so all of them may be set side by side. */
export function ShareForm({ quotas, typed, problem, around }: ShareFormProps) {
  const accounts = [EVERYTHING, ...new Set(quotas.map(({ account }) => account))]
  const categories = [EVERYTHING, ...QUOTA_CATEGORIES]
  return (
    <>
      <h2>Set a share</h2>
      <ChangeForm action="/quotas" csrf={around.csrf}>
        <div class="filters">
          <SelectField
            label="Account"
            name="account"
            value={typed.account}
            options={accounts.map((value) => ({ value, name: accountName(value) }))}
            problem={problemOf(problem, 'account')}
          />
          <SelectField
            label="Category"
            name="category"
            value={typed.category}
            options={categories.map((value) => ({ value, name: categoryName(value) }))}
            problem={problemOf(problem, 'category')}
          />
          <TextField
            label="Percent of what AWS allows"
            name="share"
            value={typed.percent}
            placeholder={String(QUOTA_SHARE * 100)}
            problem={problemOf(problem, 'share')}
            required
          />
          <div class="actions">
            <button type="submit">Set the share</button>
          </div>
        </div>
      </ChangeForm>
      <p class="quiet">
        Account and category count for most, then an account, then a category, then every account. The rest is left to
        whatever else calls Cognito there.
      </p>
    </>
  )
}
