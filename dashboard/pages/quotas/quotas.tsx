import { mayAct } from '../../../src/access/caller.ts'
import type { Output } from '../../../src/api/contract.ts'
import type { AskError } from '../../../src/errors.ts'
import { Empty } from '../../parts/empty.tsx'
import { Live } from '../../parts/live.tsx'
import { PageHead } from '../../parts/pageHead.tsx'
import { Problems } from '../../parts/problems.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { Layout } from '../layout.tsx'
import { QuotaTable } from './quotaTable.tsx'
import { ShareForm, SharesTable } from './shares.tsx'

/** A share as somebody has typed it. */
export interface TypedShare {
  readonly account: string
  readonly category: string
  readonly percent: string
}

interface QuotasPageProps {
  readonly found: Output<'showQuotas'>
  readonly typed: TypedShare
  readonly problem?: AskError
  readonly around: Surroundings
}

/** Cognito's quotas: what AWS allows, what of it is used, and who waits. */
export function QuotasPage({ found: { quotas, shares }, typed, problem, around }: QuotasPageProps) {
  const sets = mayAct(around.role, 'operator') && !around.limited
  return (
    <Layout title={problem ? 'Error: Quotas' : 'Quotas'} current="Quotas" around={around}>
      <PageHead title="Quotas" />
      <Problems problem={problem} />
      <p class="lead">
        Cognito allows so many requests a second of each category, in an account and Region, over all its pools.
        Whatever else calls Cognito there draws on the same ones, so Poolkeeper takes a share of each.
      </p>
      {quotas.length > 0 ? (
        <Live id="quotas" on around={{ address: '/quotas?look=twice' }}>
          <QuotaTable quotas={quotas} />
        </Live>
      ) : (
        <Empty>No quota is known yet: the first run of a dataflow finds out which account its pool is of.</Empty>
      )}
      <h2>Shares that are set</h2>
      <SharesTable shares={shares} sets={sets} around={around} />
      {sets && <ShareForm quotas={quotas} typed={typed} problem={problem} around={around} />}
    </Layout>
  )
}
